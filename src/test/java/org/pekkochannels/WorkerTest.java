package org.pekkochannels;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.server.Route;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.Planted;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.Consumer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWorkerConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.consumer.WorkerConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.layer.ChannelFullException;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.NoWorkerException;
import org.pekkochannels.protocol.CloseReason;

/** Consumers without a connection, which handle what is sent to their name. */
@Tag("edge")
class WorkerTest {
    private static final String NAME = "thumbnails";

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Queue<Integer> handled = new ConcurrentLinkedQueue<>();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final Set<Object> instances = ConcurrentHashMap.newKeySet();
    private final CountDownLatch working = new CountDownLatch(1);
    private final Semaphore mayEnd = new Semaphore(0);
    private final RecordedLog log = new RecordedLog("org.pekkochannels");
    private @Nullable RunningApplication started;

    record Job(int number, String reply) {}

    @AfterEach
    void endsLeakFree() {
        mayEnd.release(1_000_000);
        log.close();
        if (started != null) {
            started.close();
        }
    }

    private RunningApplication application() {
        return requireNonNull(started);
    }

    private void start(int count, Function<ConsumerContext, ? extends Consumer> factory) {
        start("", count, factory);
    }

    private void start(String config, int count, Function<ConsumerContext, ? extends Consumer> factory) {
        started = RunningApplication.start(
                config, channels -> channels.worker(NAME, count, factory).websocket("ws/", Asking::new));
    }

    private CompletionStage<Done> send(String type, Object payload) {
        return application().layer().send(NAME, type, payload);
    }

    private void sendAll(String type, int count) {
        IntStream.range(0, count)
                .forEach(number -> send(type, number).toCompletableFuture().join());
    }

    private String next() throws InterruptedException {
        return requireNonNull(told.poll(20, TimeUnit.SECONDS), "the worker has done nothing");
    }

    private void await(Runnable assertion) {
        TestProbe.create(application().system()).awaitAssert(Duration.ofSeconds(20), Duration.ofMillis(5), () -> {
            assertion.run();
            return true;
        });
    }

    private void begin(Object instance) {
        instances.add(instance);
        mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    }

    private void end(int number) {
        atOnce.decrementAndGet();
        handled.add(number);
    }

    /** Hands each text to the worker, and forwards the answer. */
    private static final class Asking extends WebSocketConsumer {
        Asking(ConsumerContext context) {
            super(context);
            relay("made");
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return channelLayer().send(NAME, "make", new Job(Integer.parseInt(text), channelName()));
        }
    }

    /** Does what it is told, asynchronously. */
    private final class Async extends WorkerConsumer {
        Async(ConsumerContext context) {
            super(context);
            made.incrementAndGet();
            on("make", Job.class, this::make);
            on("count", Integer.class, this::count);
            on("wait", Integer.class, this::waitFor);
            on("tell", String.class, this::tell);
            on("raise", Planted.class, planted -> {
                planted.raise();
                return done();
            });
            on("stage", String.class, text -> CompletableFuture.failedFuture(new IllegalStateException(text)));
            on("query", Integer.class, this::query);
        }

        @Override
        protected CompletionStage<?> started() {
            told.add("started " + workerName());
            return group("all").add();
        }

        @Override
        protected CompletionStage<?> stopped() {
            told.add("stopped");
            return done();
        }

        private CompletionStage<?> make(Job job) {
            return channelLayer().send(job.reply(), "made", job.number() * 2);
        }

        private CompletionStage<?> count(Integer number) {
            begin(this);
            return database().useHandle(handle -> {}).thenRun(() -> end(number));
        }

        private CompletionStage<?> waitFor(Integer number) {
            working.countDown();
            begin(this);
            return onTurn(CompletableFuture.runAsync(mayEnd::acquireUninterruptibly))
                    .thenRun(() -> end(number));
        }

        private CompletionStage<?> tell(String text) {
            told.add(text);
            return done();
        }

        private CompletionStage<?> query(Integer number) {
            return database()
                    .withHandle(handle -> handle.createQuery("select " + number)
                            .mapTo(int.class)
                            .one())
                    .thenAccept(row -> told.add("row " + row));
        }
    }

    /** Does the same, blocking. */
    private final class Blocking extends SyncWorkerConsumer {
        Blocking(ConsumerContext context) {
            super(context);
            made.incrementAndGet();
            on("make", Job.class, this::make);
            on("count", Integer.class, this::count);
            on("wait", Integer.class, this::waitFor);
            on("tell", String.class, told::add);
            on("raise", Planted.class, Planted::raise);
            on("stage", String.class, text -> {
                throw new IllegalStateException(text);
            });
            on("query", Integer.class, this::query);
        }

        @Override
        protected void started() {
            told.add("started " + workerName());
            group("all").add();
        }

        @Override
        protected void stopped() {
            told.add("stopped");
        }

        private void make(Job job) {
            channelLayer()
                    .send(job.reply(), "made", job.number() * 2)
                    .toCompletableFuture()
                    .join();
        }

        private void count(Integer number) {
            begin(this);
            handle();
            end(number);
        }

        private void waitFor(Integer number) {
            working.countDown();
            begin(this);
            mayEnd.acquireUninterruptibly();
            end(number);
        }

        private void query(Integer number) {
            int row = handle().createQuery("select " + number).mapTo(int.class).one();
            told.add("row " + row);
        }
    }

    /** Both kinds of worker. */
    enum Kind {
        ASYNCHRONOUS,
        BLOCKING;

        Function<ConsumerContext, Consumer> of(WorkerTest test) {
            return this == BLOCKING ? context -> test.new Blocking(context) : context -> test.new Async(context);
        }
    }

    static Stream<Arguments> failures() {
        return Stream.of(Kind.values())
                .flatMap(kind -> Stream.of(Planted.values()).map(planted -> Arguments.of(kind, planted)));
    }

    @ParameterizedTest
    @EnumSource
    void handlesAConsumersMessageAndAnswersToItsChannel(Kind kind) {
        start(1, kind.of(this));
        JdkClient client = JdkClient.connect(application().ws("/ws/"));

        assertThat(client.send("21").next()).isEqualTo("42");

        client.close(1000, "");
        application().awaitNoConnections();
    }

    @ParameterizedTest
    @EnumSource
    void startsBeforeTheFirstMessageAndStopsBeforeTheDatabase(Kind kind) throws Exception {
        start(1, kind.of(this));
        send("query", 7);

        assertThat(next()).isEqualTo("started thumbnails");
        assertThat(next()).isEqualTo("row 7");
        application().close();
        started = null;

        assertThat(next()).isEqualTo("stopped");
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void handlesEachOfAThousandMessagesOnce(Kind kind) {
        start("channels.layer.capacity = 1000", 4, kind.of(this));

        sendAll("count", 1000);

        await(() -> assertThat(handled).hasSize(1000));
        assertThat(handled).doesNotHaveDuplicates();
        assertThat(instances).hasSize(4);
        assertThat(mostAtOnce.get()).isBetween(1, 4);
    }

    @ParameterizedTest
    @EnumSource
    void handlesMessagesOfOneInstanceInTheirOrder(Kind kind) {
        start("channels.layer.capacity = 1000", 1, kind.of(this));

        sendAll("count", 200);

        await(() -> assertThat(handled).hasSize(200));
        assertThat(List.copyOf(handled)).isSorted();
        assertThat(mostAtOnce.get()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void delaysNoMessageBehindASlowOneWhileAnInstanceIsIdle(Kind kind) throws Exception {
        start(2, kind.of(this));
        next();
        next();
        send("wait", 1);
        assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();

        for (int i = 0; i < 5; i++) {
            send("tell", "quick " + i);
            assertThat(next()).isEqualTo("quick " + i);
        }
    }

    @Test
    void failsTheSendWhenSoManyMessagesWait() throws Exception {
        start("channels.layer.capacity = 2", 1, Async::new);
        next();
        send("wait", 1);
        assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
        send("tell", "one");
        send("tell", "two");

        assertThatThrownBy(send("tell", "three").toCompletableFuture()::join)
                .hasCauseInstanceOf(ChannelFullException.class);
        mayEnd.release();

        assertThat(next()).isEqualTo("one");
        assertThat(next()).isEqualTo("two");
    }

    @Test
    void failsTheSendToANameThatHasNoWorker() {
        start(1, Async::new);

        assertThatThrownBy(() -> application()
                        .layer()
                        .send("thumbnail", "tell", "lost")
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(NoWorkerException.class);
        assertThat(application().layer().stats().unknown()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void isReplacedWhenAHandlerThrowsAnything(Kind kind, Planted planted) throws Exception {
        start(1, kind.of(this));
        assertThat(next()).isEqualTo("started thumbnails");

        send("raise", planted);
        send("tell", "next");

        assertThat(next()).isEqualTo("stopped");
        assertThat(next()).isEqualTo("started thumbnails");
        assertThat(next()).isEqualTo("next");
        assertThat(made).hasValue(2);
        log.await("handler of 'raise' on worker:thumbnails failed");
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsPlaceInNoGroupAfterAFailure(Kind kind) throws Exception {
        start(1, kind.of(this));
        next();
        send("stage", "planted");
        assertThat(next()).isEqualTo("stopped");
        assertThat(next()).isEqualTo("started thumbnails");

        await(() -> assertThat(application().layer().localSize("all")).isEqualTo(1));
        application().layer().groupSend("all", "tell", "to all");
        assertThat(next()).isEqualTo("to all");
        assertThat(application().layer().stats().members()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void keepsOtherInstancesRunningWhenOneFails(Kind kind) throws Exception {
        start(3, kind.of(this));
        next();
        next();
        next();
        send("wait", 1);
        assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
        send("stage", "planted");

        assertThat(next()).isEqualTo("stopped");
        assertThat(next()).isEqualTo("started thumbnails");
        assertThat(handled).isEmpty();
        mayEnd.release();
        await(() -> assertThat(handled).containsExactly(1));
    }

    @ParameterizedTest
    @EnumSource
    void waitsLongerAfterEachFailureInSuccessionOfItsConstructor(Planted planted) throws Exception {
        start("channels.worker { min-backoff = 20ms, max-backoff = 50ms }", 1, context -> {
            if (made.incrementAndGet() < 6) {
                planted.raise();
            }
            return new Async(context);
        });
        send("tell", "has waited");

        assertThat(next()).isEqualTo("started thumbnails");
        assertThat(next()).isEqualTo("has waited");
        assertThat(made).as("five that failed, one more, and its own").hasValue(7);
        log.await("constructor on worker:thumbnails failed");
    }

    @Test
    void doesNotSpinWhenItsConstructorAlwaysFails() {
        start("channels.worker { min-backoff = 1m, max-backoff = 1h }", 1, context -> {
            made.incrementAndGet();
            throw new IllegalStateException("planted");
        });
        await(() -> assertThat(made).hasValueGreaterThanOrEqualTo(2));

        assertThat(send("tell", "waits")).isCompleted();
        assertThat(made).as("the first, and one at once").hasValue(2);
    }

    @ParameterizedTest
    @EnumSource
    void rejectsAMessageWithoutAHandlerAndGoesOn(Kind kind) throws Exception {
        start(1, kind.of(this));
        next();

        send("unheard", "text");
        send("count", "not a number");
        send("tell", "next");

        assertThat(next()).isEqualTo("next");
        assertThat(made).hasValue(1);
        log.await("on worker:thumbnails rejected an event of type 'unheard'");
    }

    /** Keeps running after failures that it knows. */
    private final class Forgiving extends WorkerConsumer {
        Forgiving(ConsumerContext context) {
            super(context);
            on("fail", String.class, text -> {
                throw new IllegalStateException(text);
            });
            on("tell", String.class, text -> {
                told.add(text);
                return done();
            });
        }

        @Override
        protected CompletionStage<?> failed(Failure failure) {
            told.add(failure.callback() + " " + failure.event().orElseThrow().payload(String.class));
            return "known".equals(failure.cause().getMessage()) ? keepRunning() : done();
        }

        @Override
        protected CompletionStage<?> stopped() {
            told.add("stopped");
            return done();
        }
    }

    /** The same, blocking. */
    private final class SyncForgiving extends SyncWorkerConsumer {
        SyncForgiving(ConsumerContext context) {
            super(context);
            on("fail", String.class, text -> {
                throw new IllegalStateException(text);
            });
            on("tell", String.class, told::add);
        }

        @Override
        protected void failed(Failure failure) {
            told.add(failure.callback() + " " + failure.event().orElseThrow().payload(String.class));
            if ("known".equals(failure.cause().getMessage())) {
                keepRunning();
            }
        }

        @Override
        protected void stopped() {
            told.add("stopped");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsRunningWhenItHandlesTheFailure(boolean blocking) throws Exception {
        start(1, blocking ? SyncForgiving::new : Forgiving::new);

        send("fail", "known");
        send("tell", "next");

        assertThat(next()).isEqualTo("handler of 'fail' known");
        assertThat(next()).isEqualTo("next");
        send("fail", "unknown");
        assertThat(next()).isEqualTo("handler of 'fail' unknown");
        assertThat(next()).isEqualTo("stopped");
    }

    @ParameterizedTest
    @EnumSource
    void finishesItsMessageWhenTheApplicationStops(Kind kind) throws Exception {
        start(1, kind.of(this));
        next();
        send("wait", 1);
        assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
        send("tell", "dropped");

        CompletionStage<Done> stopped = application().server().stop();
        log.close();
        await(() -> assertThat(application().layer().stats().channels()).isLessThanOrEqualTo(1));
        assertThat(handled).isEmpty();
        mayEnd.release();
        stopped.toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(handled).containsExactly(1);
        assertThat(next()).isEqualTo("stopped");
        assertThat(told).isEmpty();
    }

    @Test
    void stopsWithinTheGraceThoughAMessageIsNeverDone() throws Exception {
        start("channels.http.shutdown-grace = 200ms", 1, Async::new);
        next();
        send("wait", 1);
        assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();

        application().server().stop().toCompletableFuture().get(20, TimeUnit.SECONDS);

        log.await("1 instance of worker:thumbnails did not end within channels.http.shutdown-grace");
        assertThat(next()).isEqualTo("stopped");
    }

    /** Sends to the worker when its client has left. */
    private static final class Leaving extends WebSocketConsumer {
        Leaving(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            return channelLayer().send(NAME, "tell", "has left");
        }
    }

    @Test
    void stillRunsWhenTheConnectionsEnd() throws Exception {
        started = RunningApplication.start(
                "", channels -> channels.worker(NAME, Async::new).websocket("ws/leaving/", Leaving::new));
        JdkClient client = JdkClient.connect(application().ws("/ws/leaving/"));
        assertThat(next()).isEqualTo("started thumbnails");

        application().server().stop().toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(client.next()).isInstanceOf(JdkClient.Closed.class);
        assertThat(next()).isEqualTo("has left");
        assertThat(next()).isEqualTo("stopped");
    }

    @Test
    void handlesMessagesThatUseNoDatabaseWhileItsDatabaseIsUnreachable() throws Exception {
        started = RunningApplication.start("""
                channels.database { url = "jdbc:h2:tcp://127.0.0.1:1/nowhere", fail-fast = off, connection-timeout = 250ms }
                """, channels -> channels.worker(NAME, Async::new));
        assertThat(next()).isEqualTo("started thumbnails");

        send("query", 1);
        send("tell", "next");

        assertThat(next()).isEqualTo("stopped");
        assertThat(next()).isEqualTo("started thumbnails");
        assertThat(next()).isEqualTo("next");
        log.await("handler of 'query' on worker:thumbnails failed");
    }

    @Test
    void refusesAConsumerOfConnectionsAsAWorkerAndAWorkerAsAConsumer() throws Exception {
        started = RunningApplication.start(
                "channels.worker { min-backoff = 1m, max-backoff = 1m }",
                channels -> channels.worker(NAME, Asking::new).websocket("ws/", Async::new));

        log.await("Asking serves connections and cannot be a worker; extend WorkerConsumer or SyncWorkerConsumer");
        assertThat(application().refusal("/ws/").statusCode()).isEqualTo(500);
        log.await("Async is a worker and cannot serve a connection; add it with Channels.worker(..)");
        application().awaitNoConnections();
    }

    @Test
    void startsAndStopsWithAnActorSystemOfTheApplication() throws Exception {
        ActorSystem<?> system = ActorSystem.create(
                Behaviors.empty(),
                "own",
                ConfigFactory.parseString("channels.database.url = \"jdbc:h2:mem:workers;DB_CLOSE_DELAY=-1\"")
                        .withFallback(ConfigFactory.load()));
        Route route = Channels.in(system).worker(NAME, Async::new).route();
        assertThat(route).isNotNull();
        ChannelLayer.get(system).send(NAME, "query", 5);

        assertThat(next()).isEqualTo("started thumbnails");
        assertThat(next()).isEqualTo("row 5");
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(next()).isEqualTo("stopped");
        assertThat(ChannelLayer.get(system).stats().channels()).isZero();
    }

    @Test
    void failsTheStartWithALayerThatHasNoNamedChannels() {
        assertThatThrownBy(() -> RunningApplication.start(
                        "channels.layer.type = org.pekkochannels.layer.CustomLayer, channels.layer.capacity = 10",
                        channels -> channels.worker(NAME, Async::new)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("does not support channels with a chosen name, such as 'thumbnails'");
        assertThat(made).hasValue(0);
    }

    @Test
    void refusesBadNamesNumbersAndDuplicates() {
        Channels channels = Channels.load();

        assertThatThrownBy(() -> channels.worker("a b", Async::new))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("must be 1-99 of [A-Za-z0-9._-], was 'a b'");
        assertThatThrownBy(() -> channels.worker(NAME, 0, Async::new))
                .hasMessage("worker(\"thumbnails\", ..) must have 1 to 1000 instances, was 0");
        assertThatThrownBy(() -> channels.worker(NAME, 1001, Async::new))
                .hasMessage("worker(\"thumbnails\", ..) must have 1 to 1000 instances, was 1001");
        channels.worker(NAME, Async::new);
        assertThatThrownBy(() -> channels.worker(NAME, Blocking::new))
                .hasMessage(
                        "worker(\"thumbnails\", ..) was called twice; a name has one worker, with several instances if"
                                + " necessary");
    }
}
