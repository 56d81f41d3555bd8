package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.CloseReason;

/** What a blocking callback sends is kept until it returns, within twice max-outbound-bytes. */
class TooMuchOutputTest extends ConsumerTestSystem {
    private static final int BOUND = 10_000;
    private static final String TEXT = "x".repeat(1_000);
    // Of three bytes each.
    private static final String WIDE_TEXT = "\u3042".repeat(1_000);

    private final AtomicInteger sent = new AtomicInteger();

    @Override
    String extraConfig() {
        return "channels.websocket.max-outbound-bytes = " + BOUND;
    }

    /** Sends without end. */
    private enum Flood {
        TEXT_MESSAGE(19) {
            @Override
            void send(Flooding consumer) {
                consumer.send(TEXT);
            }
        },
        WIDE_TEXT_MESSAGE(7) {
            @Override
            void send(Flooding consumer) {
                consumer.send(WIDE_TEXT);
            }
        },
        BINARY(19) {
            @Override
            void send(Flooding consumer) {
                consumer.send(new byte[1_000]);
            }
        },
        JSON(19) {
            @Override
            void send(Flooding consumer) throws Exception {
                consumer.sendJson(TEXT);
            }
        },
        EVENT(19) {
            @Override
            void send(Flooding consumer) {
                consumer.group("all").send("note", TEXT);
            }
        },
        EMPTY_MESSAGE(313) {
            @Override
            void send(Flooding consumer) {
                consumer.send("");
            }
        },
        CLOSE(313) {
            @Override
            void send(Flooding consumer) {
                consumer.close();
            }
        };

        // As many as cost 20,000 bytes, with 64 for each.
        private final int most;

        Flood(int most) {
            this.most = most;
        }

        abstract void send(Flooding consumer) throws Exception;
    }

    private class Flooding extends SyncWebSocketConsumer {
        private final Flood flood;

        Flooding(ConsumerContext context, Flood flood) {
            super(context);
            this.flood = flood;
        }

        @Override
        protected void receive(String text) throws Exception {
            while (true) {
                flood.send(this);
                sent.incrementAndGet();
            }
        }
    }

    private double refused() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new ChannelsMetrics(kit.system()).bindTo(registry);
        return registry.get("channels.consumer.output.refused")
                .functionCounter()
                .count();
    }

    @ParameterizedTest
    @EnumSource
    void failsTheCallbackAndClosesWith1013(Flood flood) {
        Door door = Door.open(kit, context -> new Flooding(context, flood)).holdAtMost(BOUND);
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            door.tell("go");

            assertThat(door.next()).isEqualTo(CloseReason.of(1013));
            assertThat(sent).hasValueBetween(flood.most, flood.most + 1);
            assertThat(log.await("Flooding.receive(String) on /ws/test/ failed"))
                    .contains("more than twice max-outbound-bytes, which is 10000");
        }
        assertThat(refused()).isEqualTo(1);
        door.awaitStop();
    }

    @Test
    void sendsWhatItHasSentBeforeWhereTheCallbackGoesOn() {
        Door door = Door.open(kit, context -> new Flooding(context, Flood.TEXT_MESSAGE) {
                    @Override
                    protected void receive(String text) throws Exception {
                        try {
                            super.receive(text);
                        } catch (TooMuchOutputException e) {
                            assertThat(e.bytes()).isGreaterThan(2L * BOUND);
                        }
                    }
                })
                .holdAtMost(BOUND);

        door.tell("go");

        assertThat(door.next(19)).containsOnly(TEXT);
        door.awaitCredit();
        assertThat(door.saidSoFar()).isEmpty();
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void hasRoomAgainWhenAFlushHasLeft() {
        AtomicInteger heard = new AtomicInteger();
        Door[] own = new Door[1];
        Door door = Door.open(kit, context -> new Flooding(context, Flood.TEXT_MESSAGE) {
                    @Override
                    protected void receive(String text) {
                        for (int i = 0; i < 100; i++) {
                            send(TEXT);
                            flush();
                            assertThat(own[0].next()).isEqualTo(TEXT);
                            heard.incrementAndGet();
                        }
                        send("end");
                    }
                })
                .holdAtMost(BOUND);
        own[0] = door;

        door.tell("go");
        door.awaitCredit();

        assertThat(door.next()).isEqualTo("end");
        assertThat(heard).hasValue(100);
        assertThat(refused()).isZero();
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void forgetsTheBytesOfARolledBackTransaction() {
        Door door = Door.open(kit, context -> new Flooding(context, Flood.TEXT_MESSAGE) {
                    @Override
                    protected void receive(String text) {
                        for (int i = 0; i < 100; i++) {
                            handle().begin();
                            send(TEXT);
                            handle().rollback();
                        }
                        send("end");
                    }
                })
                .holdAtMost(BOUND);

        door.tell("go");

        assertThat(door.next()).isEqualTo("end");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    /** Sends as many events, and as many texts, as it is told, in one transaction. */
    private final class Publishing extends WebSocketConsumer {
        private final Group all = group("all");

        Publishing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String count) {
            return database().useTransaction(handle -> {
                for (int i = 0; i < Integer.parseInt(count); i++) {
                    if (i % 2 == 0) {
                        sendAfterCommit(handle, TEXT);
                    } else {
                        all.sendAfterCommit(handle, "note", TEXT);
                    }
                    sent.incrementAndGet();
                }
            });
        }
    }

    @Test
    void closesWith1013WhereATransactionSendsTooMuchAfterItsCommit() {
        Door door = Door.open(kit, Publishing::new).holdAtMost(BOUND);
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            door.tell("1000000");

            assertThat(door.next()).isEqualTo(CloseReason.of(1013));
            assertThat(sent).hasValueBetween(19, 20);
            assertThat(log.await("Publishing.receive(String) on /ws/test/ failed"))
                    .contains("its transactions have sent", "which is 10000", "several transactions");
        }
        assertThat(refused()).isEqualTo(1);
        door.awaitStop();
    }

    @Test
    void hasRoomAgainForEachTransaction() {
        Door door = Door.open(kit, Publishing::new).holdAtMost(BOUND);

        for (int i = 0; i < 5; i++) {
            door.tell("18");
            assertThat(door.next(9)).containsOnly(TEXT);
            door.awaitCredit();
        }

        assertThat(sent).hasValue(90);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void hasRoomAgainWhenATransactionWasRolledBack() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
                    @Override
                    protected CompletionStage<?> receive(String text) {
                        return database()
                                .useTransaction(handle -> {
                                    for (int i = 0; i < 18; i++) {
                                        sendAfterCommit(handle, TEXT);
                                    }
                                    handle.rollback();
                                })
                                .thenCompose(done -> send("rolled back"));
                    }
                })
                .holdAtMost(BOUND);

        for (int i = 0; i < 5; i++) {
            door.tell("go");
            assertThat(door.next()).isEqualTo("rolled back");
            door.awaitCredit();
        }

        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    /** Sends in transactions on one handle, each rolled back, and reports how many there were room for. */
    private static final class Importing extends WebSocketConsumer {
        Importing(ConsumerContext context, CompletableFuture<Importing> self) {
            super(context);
            self.complete(this);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .withHandle(handle -> discardIn(handle, 50) + " discarded")
                    .thenCompose(this::send);
        }

        private int discardIn(Handle handle, int transactions) {
            return (int) IntStream.range(0, transactions)
                    .filter(i -> !sendAndRollBack(handle, new byte[1_000]))
                    .count();
        }

        /** Returns whether there was no room. */
        private boolean sendAndRollBack(Handle handle, byte[] bytes) {
            handle.begin();
            try {
                sendAfterCommit(handle, bytes);
                return false;
            } catch (TooMuchOutputException e) {
                return true;
            } finally {
                handle.rollback();
            }
        }
    }

    @Test
    void hasRoomAgainForEachTransactionOfOneHandle() {
        Door door = Door.open(kit, context -> new Importing(context, new CompletableFuture<>()))
                .holdAtMost(BOUND);

        door.tell("go");

        assertThat(door.next()).isEqualTo("50 discarded");
        assertThat(refused()).isZero();
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void givesBackTheRoomOfWhatIsDroppedAfterTheEnd() {
        CompletableFuture<Importing> self = new CompletableFuture<>();
        Door door = Door.open(kit, context -> new Importing(context, self)).holdAtMost(BOUND);
        door.leave(CloseReason.of(1000));
        door.awaitStop();

        database()
                .useHandle(handle -> {
                    for (int i = 0; i < 50; i++) {
                        handle.useTransaction(own -> self.join().sendAfterCommit(own, TEXT));
                    }
                })
                .toCompletableFuture()
                .join();

        assertThat(refused()).isZero();
    }

    @Test
    void countsTheBytesOfATextThatIsSentAfterACommit() {
        CompletableFuture<Importing> self = new CompletableFuture<>();
        Door door = Door.open(kit, context -> new Importing(context, self)).holdAtMost(BOUND);

        Throwable failure = database()
                .useTransaction(handle -> {
                    while (true) {
                        self.join().sendAfterCommit(handle, WIDE_TEXT);
                        sent.incrementAndGet();
                    }
                })
                .handle((done, thrown) -> thrown)
                .toCompletableFuture()
                .join();

        assertThat(failure).isInstanceOf(TooMuchOutputException.class);
        assertThat(sent).hasValue(7);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    private int groupSends(Handle handle) {
        Event event = Event.of("note", TEXT);
        int sends = 0;
        while (sends < 1_000) {
            try {
                AfterCommit.of(kit.system()).groupSend(handle, layer(), GroupName.of("note", "all"), event);
                sends++;
            } catch (TooMuchOutputException e) {
                assertThat(e)
                        .hasMessageContaining("its transaction has sent", "which is 10000", "several transactions");
                return sends;
            }
        }
        return sends;
    }

    @Test
    void boundsTheEventsOfOneTransactionThatIsNoConsumers() {
        List<Integer> sends = new ArrayList<>();

        database()
                .useHandle(handle -> {
                    handle.useTransaction(own -> sends.add(groupSends(own)));
                    handle.begin();
                    sends.add(groupSends(handle));
                    handle.rollback();
                    handle.useTransaction(own -> sends.add(groupSends(own)));
                })
                .toCompletableFuture()
                .join();

        assertThat(sends).containsExactly(19, 19, 19);
        assertThat(refused()).isEqualTo(3);
    }
}
