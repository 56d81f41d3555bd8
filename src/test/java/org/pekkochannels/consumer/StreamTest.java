package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseReason;

/** Large results, slice by slice, as fast as the client takes them. */
class StreamTest extends ConsumerTestSystem {
    private static final int LAST = 25;

    private final AtomicInteger read = new AtomicInteger();
    private final AtomicInteger disconnected = new AtomicInteger();

    /** The numbers after one, ten at most. */
    private List<Long> numbersAfter(Handle handle, Long after) {
        read.incrementAndGet();
        return handle.select(
                        "select \"X\" from system_range(1, ?) where \"X\" > ? order by \"X\" limit 10", LAST, after)
                .mapTo(Long.class)
                .list();
    }

    private static String words(List<Long> slice) {
        return slice.get(0) + "-" + slice.get(slice.size() - 1);
    }

    private class Numbers extends WebSocketConsumer {
        Numbers(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) throws Exception {
            return switch (text) {
                case "all" -> all().thenCompose(sent -> send("sent"));
                case "all beside" -> {
                    all().thenCompose(sent -> send("sent"));
                    yield done();
                }
                case "broken" ->
                    database()
                            .<Long, Long>slices(0L, Long::longValue, (handle, after) -> {
                                throw new IllegalStateException("broken");
                            })
                            .forEach(slice -> drained());
                case "close" -> all().thenCombine(close(), (sent, closed) -> closed);
                default -> send(text);
            };
        }

        private CompletionStage<Done> all() {
            return database()
                    .slices(0L, Long::longValue, StreamTest.this::numbersAfter)
                    .forEach(slice -> send(words(slice)).thenCompose(sent -> drained()));
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            disconnected.incrementAndGet();
            return done();
        }
    }

    private class BlockingNumbers extends SyncWebSocketConsumer {
        BlockingNumbers(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            if (text.equals("all")) {
                send("first");
                stream(0L, Long::longValue, StreamTest.this::numbersAfter, this::say);
                send("last");
            } else if (text.equals("flush")) {
                stream(0L, Long::longValue, StreamTest.this::numbersAfter, this::say);
                flush();
            } else {
                send(text);
            }
        }

        private void say(List<Long> slice) {
            int one = handle().select("select 1").mapTo(int.class).one();
            send(words(slice) + " " + one + " "
                    + Thread.currentThread().getName().replaceAll("-[0-9]+$", ""));
        }

        @Override
        protected void disconnect(CloseReason reason) {
            disconnected.incrementAndGet();
        }
    }

    private void assertNoHandle() {
        assertThat(database().stats().openHandles()).isZero();
        assertThat(database().stats().busy()).isZero();
    }

    @Test
    void sendsSliceAfterSlice() {
        Door door = Door.open(kit, Numbers::new);

        door.tell("all", "next");

        assertThat(door.next(5)).containsExactly("1-10", "11-20", "21-25", "sent", "next");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void readsNoFurtherThanTheClientAndHoldsNoHandleMeanwhile() {
        Door door = Door.open(kit, Numbers::new).stall();

        door.tell("all");

        for (String slice : List.of("1-10", "11-20", "21-25")) {
            assertThat(door.next()).isEqualTo(slice);
            door.awaitUndrained();
            assertNoHandle();
            assertThat(door.saidSoFar()).isEmpty();
            door.drain();
        }
        assertThat(door.next()).isEqualTo("sent");
        assertThat(read).hasValue(4);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void stopsWhenTheClientLeaves() {
        Door door = Door.open(kit, Numbers::new).stall();
        door.tell("all", "unheard");
        assertThat(door.next()).isEqualTo("1-10");
        door.awaitUndrained();

        door.leave(CloseReason.LOST);

        door.awaitStop();
        assertThat(read).hasValue(1);
        assertThat(disconnected).hasValue(1);
        door.drain();
    }

    @Test
    void stopsWhenTheConsumerCloses() {
        Door door = Door.open(kit, Numbers::new);

        door.tell("close");

        assertThat(door.next(2)).containsExactly(new CloseReason(1000, ""), "1-10");
        door.awaitStop();
        assertThat(read).hasValue(1);
    }

    @Test
    void handlesMessagesBetweenTheSlicesOfAStreamItDoesNotReturn() {
        Door door = Door.open(kit, Numbers::new).stall();

        door.tell("all beside");
        assertThat(door.next()).isEqualTo("1-10");
        door.awaitUndrained();
        door.tell("meanwhile");
        assertThat(door.next()).isEqualTo("meanwhile");
        door.drain();

        assertThat(door.next()).isEqualTo("11-20");
        door.awaitUndrained();
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void closesWith1011WhenASliceFails() {
        Door door = Door.open(kit, Numbers::new);

        door.tell("broken");

        assertThat(door.next()).isEqualTo(CloseReason.of(1011));
        door.awaitStop();
    }

    @Test
    void streamsFromABlockingConsumerBetweenWhatItSaysBeforeAndAfter() {
        Door door = Door.open(kit, BlockingNumbers::new).stall();

        door.tell("all", "next");

        assertThat(door.next()).isEqualTo("first");
        for (String slice : List.of("1-10", "11-20", "21-25")) {
            assertThat(door.next()).isEqualTo(slice + " 1 channels-database");
            door.awaitUndrained();
            assertNoHandle();
            assertThat(door.saidSoFar()).isEmpty();
            door.drain();
        }
        assertThat(door.next(2)).containsExactly("last", "next");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void stopsWhenTheClientOfABlockingConsumerLeaves() {
        Door door = Door.open(kit, BlockingNumbers::new).stall();
        door.tell("all");
        assertThat(door.next(2)).hasSize(2);
        door.awaitUndrained();

        door.leave(CloseReason.LOST);

        door.awaitStop();
        assertThat(read).hasValue(1);
        assertThat(disconnected).hasValue(1);
    }

    @Test
    void refusesToFlushAStreamThatHasNotBegun() {
        Door door = Door.open(kit, BlockingNumbers::new);

        door.tell("flush");

        assertThat(door.next()).isEqualTo(CloseReason.of(1011));
        door.awaitStop();
        assertThat(read).hasValue(0);
    }
}
