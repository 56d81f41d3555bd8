package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Position;
import org.pekkochannels.protocol.CloseReason;

/** What a consumer recovers of its groups, of both kinds: by a position, with a state, and after a gap. */
class RecoveryTest extends ConsumerTestSystem {
    private static final GroupName ROOM = GroupName.of("chat", "lobby");
    private static final GroupName LIVE = GroupName.of("live", "lobby");
    private static final int CAPACITY = 4;
    private static final int SIZE = 6;

    // Opened in tests that hold a callback or a query.
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch waiting = new CountDownLatch(1);
    private final AtomicInteger reads = new AtomicInteger();
    // The number of events that arrive during the first reads of a state.
    private volatile int burst;
    private volatile int bursts;

    @Override
    String extraConfig() {
        return "channels.layer { capacity = %d, history = [{prefix = chat, size = %d, ttl = 5m}] }"
                .formatted(CAPACITY, SIZE);
    }

    private enum Kind {
        ASYNC,
        BLOCKING
    }

    private Function<ConsumerContext, Consumer> member(Kind kind) {
        return context -> kind == Kind.ASYNC ? new Async(context) : new Blocking(context);
    }

    private Function<ConsumerContext, Consumer> missing(Kind kind) {
        return context -> kind == Kind.ASYNC ? new AsyncMissing(context) : new BlockingMissing(context);
    }

    private static String shown(Event event, String text) {
        String position = event.position().map(Position::text).orElse("none");
        return text + "@" + position.substring(position.indexOf(':') + 1);
    }

    private String state() {
        int read = reads.incrementAndGet();
        if (read <= bursts) {
            for (int i = 0; i < burst; i++) {
                send("during" + i);
            }
        }
        return "state" + read;
    }

    /** Says what it handles, and does what it is told to. */
    private class Async extends WebSocketConsumer {
        private final Group room = group(ROOM);
        private final Group live = group(LIVE);

        Async(ConsumerContext context) {
            super(context);
            on("note", String.class, text -> send(shown(event().orElseThrow(), text)));
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return switch (text) {
                case "live" -> live.add().thenCompose(joined -> send("joined"));
                case "state" ->
                    room.addWith(handle -> state())
                            .thenCompose(read -> send(read.state()))
                            .exceptionallyCompose(failure -> send(String.valueOf(failure.getMessage())));
                case "fail" ->
                    room.<String>addWith(handle -> {
                                throw new IllegalStateException("planted");
                            })
                            .thenCompose(read -> send(read.state()))
                            .exceptionallyCompose(failure -> send(String.valueOf(failure.getMessage())));
                case "history" -> room.history(2).thenCompose(events -> send(String.valueOf(events.size())));
                case "top" -> room.position().thenCompose(position -> send(position.text()));
                case "hold" -> database().useHandle(handle -> hold());
                case "event" -> send(String.valueOf(event().isPresent()));
                default ->
                    room.add(Position.of(text))
                            .thenCompose(joined -> send(
                                    joined.recovered() + " " + joined.position().equals(Position.of(text))));
            };
        }
    }

    private void hold() throws InterruptedException {
        waiting.countDown();
        gate.await();
    }

    private class Blocking extends SyncWebSocketConsumer {
        private final SyncGroup room = group(ROOM);
        private final SyncGroup live = group(LIVE);

        Blocking(ConsumerContext context) {
            super(context);
            on("note", String.class, text -> send(shown(event().orElseThrow(), text)));
        }

        @Override
        protected void receive(String text) throws Exception {
            switch (text) {
                case "live" -> {
                    live.add();
                    send("joined");
                }
                case "state" -> send(stateOrFailure());
                case "fail" -> {
                    try {
                        room.addWith(handle -> {
                            throw new IllegalStateException("planted");
                        });
                    } catch (IllegalStateException e) {
                        send(String.valueOf(e.getMessage()));
                    }
                }
                case "history" -> send(String.valueOf(room.history(2).size()));
                case "top" -> send(room.position().text());
                case "hold" -> hold();
                case "event" -> send(String.valueOf(event().isPresent()));
                default -> {
                    var joined = room.add(Position.of(text));
                    send(joined.recovered() + " " + joined.position().equals(Position.of(text)));
                }
            }
        }

        private String stateOrFailure() {
            try {
                return room.addWith(handle -> RecoveryTest.this.state()).state();
            } catch (GroupOverflowException e) {
                return String.valueOf(e.getMessage());
            }
        }
    }

    private final class AsyncMissing extends Async {
        AsyncMissing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> missed(Gap gap) throws Exception {
            return gap.concerns(LIVE) ? super.missed(gap) : send("missed " + gap.groups());
        }
    }

    private final class BlockingMissing extends Blocking {
        BlockingMissing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void missed(Gap gap) throws Exception {
            if (gap.concerns(LIVE)) {
                super.missed(gap);
            } else {
                send("missed " + gap.groups());
            }
        }
    }

    private void send(String... texts) {
        for (String text : texts) {
            layer().groupSend(ROOM, "note", text).toCompletableFuture().join();
        }
    }

    private String top() {
        return layer().position(ROOM).toCompletableFuture().join().text();
    }

    private Door open(Function<ConsumerContext, Consumer> factory) {
        return Door.open(kit, factory);
    }

    private static void leave(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @ParameterizedTest
    @EnumSource
    void handlesWhatItsClientMissedAfterTheCallbackAndBeforeWhatComes(Kind kind) {
        String before = top();
        send("one", "two");
        Door door = open(member(kind));

        door.tell(before);
        assertThat(door.next()).isEqualTo("true true");
        send("three");

        assertThat(door.next(3)).containsExactly("one@1", "two@2", "three@3");
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void resumesWhereItsClientWasCutOffAtEachReplayedEvent(Kind kind) {
        String first = top();
        String epoch = first.substring(0, first.indexOf(':') + 1);
        send("1", "2", "3", "4", "5");
        for (int seen = 0; seen < 5; seen++) {
            Door door = open(member(kind));
            door.tell(epoch + seen);
            assertThat(door.next(2)).containsExactly("true true", (seen + 1) + "@" + (seen + 1));
            leave(door);
        }
        Door last = open(member(kind));

        last.tell(epoch + 5);
        assertThat(last.next()).isEqualTo("true true");
        send("6");

        assertThat(last.next()).isEqualTo("6@6");
        leave(last);
    }

    @ParameterizedTest
    @EnumSource
    void isGivenAPositionAtItsFirstJoin(Kind kind) {
        send("before");
        Door door = open(member(kind));

        door.tell("first");
        assertThat(door.next()).isEqualTo("false false");
        send("after");

        assertThat(door.next()).isEqualTo("after@2");
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void readsTheHistoryAndItsTop(Kind kind) {
        send("one", "two", "three");
        Door door = open(member(kind));

        door.tell("history", "top", "event");

        assertThat(door.next(3)).containsExactly("2", top(), "false");
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void handlesTheEventsThatCameWhileItReadTheState(Kind kind) {
        burst = CAPACITY;
        bursts = 1;
        Door door = open(member(kind));

        door.tell("state");

        assertThat(door.next()).isEqualTo("state1");
        assertThat(door.next(CAPACITY)).containsExactly("during0@1", "during1@2", "during2@3", "during3@4");
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void readsTheStateOnceMoreIfTooManyEventsCame(Kind kind) {
        burst = CAPACITY + 1;
        bursts = 1;
        Door door = open(member(kind));

        door.tell("state");
        assertThat(door.next()).isEqualTo("state2");
        send("after");

        assertThat(door.next()).isEqualTo("after@" + (CAPACITY + 2));
        assertThat(door.saidSoFar()).isEmpty();
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void isNoMemberIfTooManyEventsCameAgain(Kind kind) {
        burst = CAPACITY + 1;
        bursts = 2;
        Door door = open(member(kind));

        door.tell("state");

        assertThat(door.next())
                .asString()
                .contains("could not join group 'chat_lobby' with its state")
                .contains("more than 4 events arrived");
        assertThat(layer().localSize(ROOM)).isZero();
        assertThat(reads).hasValue(2);
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void isNoMemberIfItsStateCannotBeRead(Kind kind) {
        Door door = open(member(kind));

        door.tell("fail");

        assertThat(door.next()).asString().endsWith("planted");
        assertThat(layer().localSize(ROOM)).isZero();
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void isRefilledAfterACallbackDuringWhichTooManyEventsCame(Kind kind) throws InterruptedException {
        Door door = held(member(kind));

        send("1", "2", "3", "4", "5", "6");
        gate.countDown();

        assertThat(door.next(6)).containsExactly("1@1", "2@2", "3@3", "4@4", "5@5", "6@6");
        leave(door);
    }

    /** A member whose callback waits for the gate. */
    private Door held(Function<ConsumerContext, Consumer> factory) throws InterruptedException {
        Door door = open(factory);
        door.tell("first");
        door.next();
        door.tell("hold");
        waiting.await();
        return door;
    }

    @ParameterizedTest
    @EnumSource
    void handlesTheNextMessageIfAllWaitingEventsAreSuperseded(Kind kind) throws InterruptedException {
        Door door = held(member(kind));

        send("one", "two");
        door.tell("state");
        door.tell("event");
        gate.countDown();

        assertThat(door.next(3)).containsExactly("one@1", "state1", "false");
        leave(door);
    }

    private void overflow() {
        for (int i = 1; i <= CAPACITY + SIZE + 1; i++) {
            send("" + i);
        }
        gate.countDown();
    }

    @ParameterizedTest
    @EnumSource
    void closes1012IfTheHistoryHasLessThanItMissed(Kind kind) throws InterruptedException {
        Door door = held(member(kind));

        overflow();

        assertThat(door.next(CAPACITY)).containsExactly("1@1", "2@2", "3@3", "4@4");
        assertThat(door.next()).isEqualTo(new CloseReason(1012, "events were missed"));
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void isToldInsteadIfItWantsToBe(Kind kind) throws InterruptedException {
        Door door = held(missing(kind));

        overflow();

        assertThat(door.next(CAPACITY)).containsExactly("1@1", "2@2", "3@3", "4@4");
        assertThat(door.next()).isEqualTo("missed [chat_lobby]");
        send("after");
        assertThat(door.next()).isEqualTo("after@" + (CAPACITY + SIZE + 2));
        leave(door);
    }

    private static void awaitSaid(Door door, String text) {
        while (!door.next().equals(text)) {
            // what it said before
        }
    }

    /** Waits for the answers to joins. */
    private static void awaitAnswers(Door door, int count) {
        for (int answers = 0; answers < count; ) {
            answers += door.next().toString().matches("(true|false) (true|false)") ? 1 : 0;
        }
    }

    @ParameterizedTest
    @EnumSource
    void joinsAgainWithAnyTextAtAnyTime(Kind kind) {
        String before = top();
        send("one", "two");
        Door door = open(member(kind));

        for (int i = 0; i < 50; i++) {
            door.tell(before);
        }
        door.tell("x".repeat(70));
        awaitAnswers(door, 51);
        send("three");

        awaitSaid(door, "three@3");
        assertThat(layer().localSize(ROOM)).isEqualTo(1);
        leave(door);
    }
}
