package org.pekkochannels;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.concurrent.Planted;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.Consumer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWorkerConsumer;
import org.pekkochannels.consumer.WorkerConsumer;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.http.RunningApplication;

/** Whatever a worker does wrong, its next instance handles the next message. */
@Tag("edge")
class WorkerFailureTest {
    private static final String NAME = "work";

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final AtomicInteger made = new AtomicInteger();
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final RecordedLog log = new RecordedLog("org.pekkochannels");
    private @Nullable RunningApplication started;

    @AfterEach
    void endsLeakFree() {
        mayEnd.countDown();
        log.close();
        application().close();
    }

    private RunningApplication application() {
        return requireNonNull(started);
    }

    private void start(Function<ConsumerContext, ? extends Consumer> factory) {
        start("", factory);
    }

    private void start(String config, Function<ConsumerContext, ? extends Consumer> factory) {
        started = RunningApplication.start(config, channels -> channels.worker(NAME, factory));
    }

    private CompletionStage<Done> send(String type) {
        return application().layer().send(NAME, type, "");
    }

    private String next() throws InterruptedException {
        return requireNonNull(told.poll(20, TimeUnit.SECONDS), "the worker has done nothing");
    }

    private void assertHandlesTheNext() throws InterruptedException {
        send("tell");
        assertThat(next()).isEqualTo("told by " + made);
    }

    /** Tells its number. */
    private class Telling extends WorkerConsumer {
        private final int number = made.incrementAndGet();

        Telling(ConsumerContext context) {
            super(context);
            on("tell", String.class, ignored -> {
                told.add("told by " + number);
                return done();
            });
            on("fail", String.class, ignored -> {
                throw new IllegalStateException("planted");
            });
        }
    }

    /** Fails where it ends. */
    private final class FailingAtTheEnd extends Telling {
        private final Planted planted;

        FailingAtTheEnd(ConsumerContext context, Planted planted) {
            super(context);
            this.planted = planted;
        }

        @Override
        protected CompletionStage<?> stopped() {
            planted.raise();
            return done();
        }
    }

    /** Fails where it handles failures. */
    private final class FailingAgain extends Telling {
        private final Planted planted;

        FailingAgain(ConsumerContext context, Planted planted) {
            super(context);
            this.planted = planted;
        }

        @Override
        protected CompletionStage<?> failed(Failure failure) {
            planted.raise();
            return keepRunning();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isReplacedThoughItsEndFails(Planted planted) throws Exception {
        start(context -> new FailingAtTheEnd(context, planted));
        send("fail");

        log.await("stopped() on worker:work failed");
        assertHandlesTheNext();
        assertThat(made).hasValue(2);
    }

    @ParameterizedTest
    @EnumSource
    void isReplacedThoughItsHandlingOfAFailureFails(Planted planted) throws Exception {
        start(context -> new FailingAgain(context, planted));
        send("fail");

        log.await("failed(Failure) on worker:work failed");
        assertHandlesTheNext();
        assertThat(made).hasValue(2);
    }

    @Test
    void isReplacedWhenItsStartFails() throws Exception {
        start(context -> new Telling(context) {
            @Override
            protected CompletionStage<?> started() {
                if (made.get() == 1) {
                    throw new IllegalStateException("planted");
                }
                return done();
            }
        });

        log.await("started() on worker:work failed");
        assertHandlesTheNext();
        assertThat(made).hasValue(2);
    }

    @Test
    void isReplacedWhenATimerFailsAndLeavesNoTimer() throws Exception {
        start(context -> new Telling(context) {
            @Override
            protected CompletionStage<?> started() {
                if (made.get() == 1) {
                    every(Duration.ofMillis(1), () -> {
                        throw new IllegalStateException("planted");
                    });
                }
                return done();
            }
        });

        log.await("every(1ms) on worker:work failed");
        assertHandlesTheNext();
        assertThat(made).hasValue(2);
    }

    /** Fails between messages, at each event of its group, and takes its time to end. */
    private final class FailingWhileIdle extends Telling {
        FailingWhileIdle(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> started() {
            return group("all").add();
        }

        @Override
        protected CompletionStage<?> stopped() {
            return database().useHandle(handle -> handle.execute("select 1"));
        }
    }

    @Test
    void losesNoMessageThatWasAssignedToAnInstanceWhichFailedBeforeIt() throws Exception {
        start("channels.worker.min-backoff = 10ms", FailingWhileIdle::new);
        for (int i = 0; i < 100; i++) {
            application().layer().groupSend("all", "fail", "");
            send("tell");
        }

        for (int i = 0; i < 100; i++) {
            assertThat(next()).startsWith("told by ");
        }
        assertThat(told).isEmpty();
    }

    @Test
    void isReplacedWhenAHandlerReturnsNull() throws Exception {
        start(context -> new Telling(context) {
            {
                on("null", String.class, ignored -> nothing());
            }
        });
        send("null");

        log.await("handler of 'null' returned null");
        assertHandlesTheNext();
    }

    @SuppressWarnings("NullAway") // as an application may return it
    private static CompletionStage<?> nothing() {
        return null;
    }

    @SuppressWarnings("NullAway")
    @Test
    void isMadeAgainWhenItsFactoryReturnsNullOrAnInstanceTwice() throws Exception {
        AtomicReference<Consumer> first = new AtomicReference<>();
        AtomicInteger calls = new AtomicInteger();
        start("channels.worker.min-backoff = 10ms", context -> switch (calls.incrementAndGet()) {
            case 1 -> null;
            case 2 -> {
                first.set(new Telling(context));
                yield first.get();
            }
            case 3 -> first.get();
            default -> new Telling(context);
        });
        log.await("the factory returned null");
        send("fail");

        log.await("that serves another connection");
        assertHandlesTheNext();
    }

    @Test
    void reachesAnInstanceByItsOwnChannel() throws Exception {
        start(context -> new Telling(context) {
            @Override
            protected CompletionStage<?> started() {
                told.add(channelName());
                return done();
            }
        });
        String own = next();

        application().layer().send(own, "tell", "");

        assertThat(next()).isEqualTo("told by 1");
        assertThat(own).isNotEqualTo(NAME).contains("!");
    }

    @Test
    void sendsToItsOwnName() throws Exception {
        start(context -> new Telling(context) {
            {
                on("again", String.class, text -> channelLayer().send(workerName(), "tell", text));
            }
        });
        send("again");

        assertThat(next()).isEqualTo("told by 1");
    }

    @Test
    void namesTheMethodThatWasCalledInTheWrongPlace() throws Exception {
        start(context -> new Telling(context) {
            {
                on("keep", String.class, ignored -> keepRunning());
            }
        });
        send("keep");

        log.await("calls keepRunning() outside of failed(..)");
        assertHandlesTheNext();
    }

    @Test
    void stopsThoughAnInstanceBlocksItsThread() throws Exception {
        start("channels.http.shutdown-grace = 200ms", context -> new Telling(context) {
            {
                on("block", String.class, ignored -> {
                    told.add("blocks");
                    while (mayEnd.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return done();
                });
            }
        });
        send("block");
        assertThat(next()).isEqualTo("blocks");

        CompletionStage<Done> stopped = application().server().stop();
        log.await("1 instance of worker:work did not end within channels.http.shutdown-grace");
        mayEnd.countDown();

        stopped.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** Writes in a transaction that fails. */
    private final class Writing extends SyncWorkerConsumer {
        Writing(ConsumerContext context) {
            super(context);
            on("write", String.class, ignored -> {
                beginTransaction(TransactionOptions.defaults());
                handle().execute("insert into note values (1)");
                group("all").send("note", "");
                throw new IllegalStateException("planted");
            });
            on(
                    "count",
                    String.class,
                    ignored -> told.add(handle().createQuery("select count(*) from note")
                                    .mapTo(int.class)
                                    .one()
                            + " notes"));
            on("note", String.class, ignored -> told.add("a group event"));
        }

        @Override
        protected void started() {
            handle().execute("create table if not exists note (id int)");
            group("all").add();
        }
    }

    @Test
    void rollsBackAndSendsNothingWhenABlockingHandlerFails() throws Exception {
        start(Writing::new);
        send("write");
        log.await("handler of 'write' on worker:work failed");

        send("count");

        assertThat(next()).isEqualTo("0 notes");
        assertThat(told).isEmpty();
    }
}
