package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.layer.Event;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

class SyncWebSocketConsumerTest extends ConsumerTestSystem {
    private final List<String> log = new CopyOnWriteArrayList<>();

    @BeforeEach
    void createsATable() {
        database()
                .useHandle(handle -> handle.execute("create table note (body text)"))
                .toCompletableFuture()
                .join();
    }

    private class Notes extends SyncWebSocketConsumer {
        private final SyncGroup all = group("all");

        Notes(ConsumerContext context) {
            super(context);
            on("note", String.class, this::note);
        }

        @Override
        protected void connect() {
            log.add("connect on " + Thread.currentThread().getName());
            all.add();
            accept();
        }

        @Override
        protected void receive(String text) throws Exception {
            handle().execute("insert into note values (?)", text);
            all.send("note", text);
            send("stored " + count());
        }

        private void note(String text) {
            log.add("event on " + Thread.currentThread().getName());
            send("note " + text);
        }

        final int count() {
            return handle().createQuery("select count(*) from note")
                    .mapTo(int.class)
                    .one();
        }

        @Override
        protected void disconnect(CloseReason reason) {
            log.add("disconnect " + reason.code());
        }
    }

    @Test
    void runsItsCallbacksOnTheDatabaseDispatcher() {
        Door door = Door.open(kit, Notes::new);

        door.tell("a");

        assertThat(door.next(2)).containsExactly("stored 1", "note a");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
        assertThat(log).hasSize(3).endsWith("disconnect 1000");
        assertThat(log.subList(0, 2)).allMatch(line -> line.contains(" on channels-database"));
    }

    @Test
    void releasesNothingOfACallbackThatThrows() {
        Door other = Door.open(kit, Notes::new);
        Door door = Door.open(kit, context -> new Notes(context) {
            @Override
            protected void receive(String text) throws Exception {
                super.receive(text);
                throw new IllegalStateException("planted after it has sent");
            }
        });

        door.tell("a");

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        door.awaitStop();
        other.tell("b");
        assertThat(other.next(2)).containsExactly("stored 2", "note b");
        other.leave(CloseReason.of(1000));
        other.awaitStop();
    }

    @Test
    void releasesEarlierWhenFlushed() {
        CountDownLatch heard = new CountDownLatch(1);
        Door door = Door.open(kit, context -> new Notes(context) {
            @Override
            protected void receive(String text) throws Exception {
                send("working");
                flush();
                heard.await();
                throw new IllegalStateException("planted after the flush");
            }
        });

        door.tell("a");

        assertThat(door.next()).isEqualTo("working");
        heard.countDown();
        assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        door.awaitStop();
    }

    @Test
    void answers500AndLeavesTheGroupWhenConnectThrows() {
        Door door = Door.knock(kit, Scope.of("/ws/"), context -> new Notes(context) {
            @Override
            protected void connect() {
                super.connect();
                throw new IllegalStateException("planted after it has joined and accepted");
            }
        });

        assertThat(((Refusal) door.next()).status()).isEqualTo(500);
        door.awaitStop();
        assertThat(log).last().isEqualTo("disconnect 1006");
    }

    @Test
    void closesItsHandleAfterEachMessage() {
        Door door = Door.open(kit, Notes::new);

        for (int i = 1; i <= 20; i++) {
            door.tell("m" + i);
            assertThat(door.next()).isEqualTo("stored " + i);
            assertThat(door.next()).isEqualTo("note m" + i);
            assertThat(database().stats().openHandles()).isZero();
        }

        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void saysClearlyThatAHandleBelongsToACallback() {
        Door door = Door.knock(kit, Scope.of("/ws/"), context -> new Notes(context) {
            {
                log.add("constructor");
                handle();
            }
        });

        assertThat(((Refusal) door.next()).status()).isEqualTo(500);
        door.awaitStop();
        assertThat(log).containsExactly("constructor");
    }

    private static final class Quiet extends SyncWebSocketConsumer {
        private final SyncGroup all = group("all");

        Quiet(ConsumerContext context) {
            super(context);
        }

        private List<ThrowingCallable> everyCall() {
            return List.of(
                    this::accept,
                    this::refuse,
                    () -> send("text"),
                    () -> send(new byte[1]),
                    () -> sendJson("json"),
                    this::close,
                    this::flush,
                    this::handle,
                    all::add,
                    all::discard,
                    () -> all.send("note", "text"));
        }

        void refusesEveryCall() {
            assertThat(everyCall())
                    .allSatisfy(call -> assertThatThrownBy(call)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("Quiet was used outside its callbacks")
                            .hasMessageContaining("send an event to channelName()"));
        }
    }

    @Test
    void refusesCallsFromOtherThreadsAtOnceWithTheCure() {
        AtomicReference<Quiet> quiet = new AtomicReference<>();
        Door door = Door.open(kit, context -> {
            Quiet made = new Quiet(context);
            quiet.set(made);
            return made;
        });

        Objects.requireNonNull(quiet.get()).refusesEveryCall();

        door.leave(CloseReason.of(1000));
        door.awaitStop();
        assertThat(door.saidSoFar()).isEmpty();
    }

    @Test
    void refusesCallsFromAnotherConsumersCallback() {
        AtomicReference<Quiet> quiet = new AtomicReference<>();
        Door door = Door.open(kit, context -> {
            Quiet made = new Quiet(context);
            quiet.set(made);
            return made;
        });
        Door other = Door.open(kit, context -> new SyncWebSocketConsumer(context) {
            @Override
            protected void receive(String text) {
                handle();
                Objects.requireNonNull(quiet.get()).refusesEveryCall();
                send("refused");
            }
        });

        other.tell("go");

        assertThat(other.next()).isEqualTo("refused");
        List.of(door, other).forEach(each -> each.leave(CloseReason.of(1000)));
        List.of(door, other).forEach(Door::awaitStop);
        assertThat(door.saidSoFar()).isEmpty();
    }

    @Test
    void hearsEventsFromOutside() {
        Door door = Door.open(kit, Notes::new);

        layer().groupSend("all", Event.of("note", "from outside"));

        assertThat(door.next()).isEqualTo("note from outside");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
