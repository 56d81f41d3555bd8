package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.jdbi.v3.core.statement.StatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.layer.Event;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** Promise 1: what other threads ask of an asynchronous consumer is done on its turn, in order, or fails with a reason. */
class ForeignCallsTest extends ConsumerTestSystem {
    private static final int MOST = 10;

    private final AtomicReference<Talker> made = new AtomicReference<>();
    private final CompletableFuture<Talker> talkers = new CompletableFuture<>();
    private final CompletableFuture<String> pending = new CompletableFuture<>();
    private final Held held = new Held();
    private final LinkedBlockingQueue<Object> drains = new LinkedBlockingQueue<>();

    @Override
    String extraConfig() {
        return "channels.consumer { max-foreign-calls = " + MOST + ", disconnect-timeout = 1s }";
    }

    /** A place where a turn stays until it is let go; it computes, as what blocks would be found out. */
    private static final class Held {
        private final CompletableFuture<String> reached = new CompletableFuture<>();
        private volatile boolean free;

        void stay() {
            reached.complete("");
            while (!free) {
                Thread.onSpinWait();
            }
        }

        void awaitReached() {
            await(reached);
        }

        void letGo() {
            free = true;
        }
    }

    private class Talker extends WebSocketConsumer {
        final Group all = group("all");

        Talker(ConsumerContext context) {
            super(context);
            on("note", String.class, this::send);
            made.set(this);
            talkers.complete(this);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return switch (text) {
                case "wait" -> send("waiting").thenCompose(sent -> onTurn(pending));
                case "hold" -> {
                    held.stay();
                    yield done();
                }
                case "drain" -> {
                    drained().whenComplete((drained, failure) -> drains.add(failure == null ? drained : failure));
                    yield done();
                }
                case "drain unseen" -> {
                    IntStream.range(0, 2 * MOST).forEach(number -> drained().thenAccept(drains::add));
                    yield done();
                }
                default -> send(text);
            };
        }

        final ForeignCallsTest test() {
            return ForeignCallsTest.this;
        }

        final CompletionStage<?> push(String text) {
            return send(text);
        }
    }

    private Door open() {
        return Door.open(kit, Talker::new);
    }

    private Talker talker() {
        return Objects.requireNonNull(made.get());
    }

    private void end(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private double count(String measure) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new ChannelsMetrics(kit.system()).bindTo(registry);
        return registry.get(measure).functionCounter().count();
    }

    @Test
    void sendsWithoutWaitingForTheNextMessage() {
        Door door = open();

        CompletionStage<?> sent = talker().push("late");

        assertThat(door.next()).isEqualTo("late");
        door.awaitTurn();
        await(sent);
        end(door);
    }

    @Test
    void completesStagesOnTheTurn() throws InterruptedException {
        Door door = open();
        door.tell("hold");
        held.awaitReached();
        LinkedBlockingQueue<Boolean> onTurn = new LinkedBlockingQueue<>();
        Talker talker = talker();

        talker.push("text").thenRun(() -> onTurn.add(talker.context().isOnTurn()));
        talker.all.add().thenRun(() -> onTurn.add(talker.context().isOnTurn()));
        talker.drained().thenRun(() -> onTurn.add(talker.context().isOnTurn()));
        talker.onTurn(CompletableFuture.completedFuture(""))
                .thenRun(() -> onTurn.add(talker.context().isOnTurn()));
        CompletionStage<?> last = talker.sendJson(List.of(1));
        assertThat(onTurn).isEmpty();
        held.letGo();

        await(last);
        for (int stage = 0; stage < 4; stage++) {
            assertThat(onTurn.poll(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(door.next(2)).containsExactly("text", "[1]");
        end(door);
    }

    @Test
    void keepsTheOrderOfOneThreadsCalls() {
        Door listener = open();
        await(talker().all.add());
        Door door = open();
        Talker talker = talker();

        talker.all.add();
        talker.all.send("note", "1");
        talker.push("2");
        talker.all.discard();
        talker.all.send("note", "3");
        CompletionStage<?> closed = talker.close(4001, "bye");
        talker.push("never");

        await(closed);
        door.awaitStop();
        // As a member it may hear itself; the close frame keeps what comes later from the client.
        assertThat(door.saidSoFar())
                .filteredOn(said -> !List.of("1", "3", "never").contains(said))
                .containsExactly("2", new CloseReason(4001, "bye"));
        assertThat(listener.next(2)).containsExactly("1", "3");
        end(listener);
    }

    @Test
    void runsWhileACallbackIsPending() {
        Door door = open();
        door.tell("wait", "next");
        assertThat(door.next()).isEqualTo("waiting");

        await(talker().push("meanwhile"));

        assertThat(door.next()).isEqualTo("meanwhile");
        pending.complete("");
        assertThat(door.next()).isEqualTo("next");
        end(door);
    }

    @Test
    void refusesCallsOverTheBoundAtOnceAndDoesTheOthers() {
        Door door = open();
        door.tell("hold");
        held.awaitReached();
        List<CompletionStage<?>> calls = IntStream.rangeClosed(0, MOST)
                .<CompletionStage<?>>mapToObj(number -> talker().push("" + number))
                .toList();

        assertThatThrownBy(() -> await(calls.get(MOST)))
                .hasCauseInstanceOf(ConsumerOverloadedException.class)
                .hasMessageContaining("10 of at most 10 calls are pending (channels.consumer.max-foreign-calls)");
        assertThat(count("channels.consumer.calls.refused")).isEqualTo(1);
        assertThat(calls.get(0).toCompletableFuture()).isNotDone();
        held.letGo();

        calls.subList(0, MOST).forEach(ForeignCallsTest::await);
        assertThat(door.next(MOST))
                .isEqualTo(IntStream.range(0, MOST).mapToObj(String::valueOf).toList());
        await(talker().push("room again"));
        end(door);
    }

    /** A kind of call whose stage may take as long as it likes. */
    private enum Slow {
        DRAINED {
            @Override
            CompletionStage<?> call(Talker talker) {
                return talker.drained();
            }
        },
        JOIN {
            @Override
            CompletionStage<?> call(Talker talker) {
                return talker.group("slow").add();
            }
        },
        ON_TURN {
            @Override
            CompletionStage<?> call(Talker talker) {
                return talker.onTurn(talker.test().pending);
            }
        },
        ON_TURN_OF_A_COMPLETE_STAGE {
            @Override
            CompletionStage<?> call(Talker talker) {
                return talker.onTurn(CompletableFuture.completedFuture(""));
            }
        },
        DATABASE {
            @Override
            CompletionStage<?> call(Talker talker) {
                return talker.database().withHandle(handle -> "done");
            }
        },
        TRANSACTION {
            @Override
            CompletionStage<?> call(Talker talker) {
                return talker.database().inTransaction(handle -> "done");
            }
        },
        BATCH {
            @Override
            CompletionStage<?> call(Talker talker) {
                return talker.database()
                        .<String, String>batched("slow", 10, (handle, rows) -> rows)
                        .add("row");
            }
        };

        abstract CompletionStage<?> call(Talker talker);
    }

    @ParameterizedTest
    @EnumSource
    void countsACallUntilItsStageIsComplete(Slow slow) {
        Door door = open().stall();
        Talker talker = talker();
        door.tell("hold");
        held.awaitReached();
        List<CompletionStage<?>> calls = calls(slow, MOST);

        // Whatever became of the work itself, its result waits for the turn.
        assertThat(calls).noneMatch(call -> call.toCompletableFuture().isDone());
        IntStream.range(0, 1_000)
                .forEach(number -> assertThatThrownBy(() -> await(slow.call(talker)))
                        .hasCauseInstanceOf(ConsumerOverloadedException.class));
        assertThat(count("channels.consumer.calls.refused")).isEqualTo(1_000);
        held.letGo();
        pending.complete("");
        if (slow == Slow.DRAINED) {
            // The calls have begun, and the client does not read.
            door.awaitUndrained();
            assertThatThrownBy(() -> await(slow.call(talker))).hasCauseInstanceOf(ConsumerOverloadedException.class);
            IntStream.range(0, MOST).forEach(number -> door.drain());
        }

        calls.forEach(ForeignCallsTest::await);
        calls(Slow.ON_TURN_OF_A_COMPLETE_STAGE, MOST).forEach(ForeignCallsTest::await);
        end(door);
    }

    private List<CompletionStage<?>> calls(Slow slow, int count) {
        return Stream.<CompletionStage<?>>generate(() -> slow.call(talker()))
                .limit(count)
                .toList();
    }

    @Test
    void logsOnceThatDrainedIsRefusedWhereNoCodeLooksAtItsStages() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            Door door = open().stall();

            door.tell("drain unseen");
            door.awaitCredit();

            assertThat(log.soFar("")).singleElement().asString().contains("rejected drained()", "logged once");
            assertThat(count("channels.consumer.calls.refused")).isEqualTo(MOST);
            end(door);
        }
    }

    @Test
    void boundsTheStagesOfDrainedThatItsOwnTurnsLeavePending() throws Exception {
        Door door = open().stall();
        for (int number = 0; number < MOST; number++) {
            door.tell("drain");
            door.awaitCredit();
        }
        assertThat(drains).isEmpty();

        door.tell("drain");
        assertThat(drains.poll(20, TimeUnit.SECONDS))
                .isInstanceOf(ConsumerOverloadedException.class)
                .asString()
                .contains("rejected drained(): 10 earlier stages are pending", "max-foreign-calls", "return the stage");
        assertThat(count("channels.consumer.calls.refused")).isEqualTo(1);

        door.drain();
        assertThat(drains.poll(20, TimeUnit.SECONDS)).isEqualTo(true);
        door.awaitCredit();
        door.tell("drain");
        door.awaitCredit();
        assertThat(drains).isEmpty();
        end(door);
    }

    @Test
    void countsACallThatItsCallerHasGivenUp() {
        Door door = open().stall();
        calls(Slow.DRAINED, MOST).forEach(call -> call.toCompletableFuture().cancel(false));
        IntStream.range(0, MOST).forEach(number -> door.awaitUndrained());

        assertThatThrownBy(() -> await(talker().push("one more")))
                .hasCauseInstanceOf(ConsumerOverloadedException.class);

        end(door);
    }

    @Test
    void freesThePlacesOfCallsThatFail() {
        Door door = open();
        Talker talker = talker();
        for (int number = 0; number < 3 * MOST; number++) {
            assertThatThrownBy(() -> await(talker.database().withHandle(handle -> handle.execute("nonsense"))))
                    .hasCauseInstanceOf(StatementException.class);
            assertThatThrownBy(() -> await(talker.onTurn(CompletableFuture.failedFuture(new Error("planted")))))
                    .hasCauseInstanceOf(Error.class);
        }
        end(door);
    }

    @Test
    void leavesStagesForOtherExecutorsUncounted() {
        Door door = open();
        Talker talker = talker();
        door.tell("hold");
        held.awaitReached();

        Stream.generate(() -> talker.database().on(Runnable::run).withHandle(handle -> "done"))
                .limit(2 * MOST)
                .forEach(ForeignCallsTest::await);

        held.letGo();
        end(door);
    }

    @Test
    void closesAlthoughNoMoreCallsAreTaken() {
        Door door = open();
        Talker talker = talker();
        door.tell("hold");
        held.awaitReached();
        IntStream.range(0, MOST).forEach(number -> talker.push("" + number));
        assertThatThrownBy(() -> await(talker.push("one more"))).hasCauseInstanceOf(ConsumerOverloadedException.class);

        CompletionStage<?> closed = talker.close(4001, "bye");

        assertThatThrownBy(() -> await(talker.close())).hasCauseInstanceOf(ConsumerOverloadedException.class);
        held.letGo();
        await(closed);
        assertThat(door.next(MOST)).contains("0", "9");
        assertThat(door.next()).isEqualTo(new CloseReason(4001, "bye"));
        door.awaitStop();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closesAfterARefusalThatFailsAlthoughNoMoreCallsAreTaken(boolean failedBefore) {
        Door door = open();
        Talker talker = talker();
        door.tell("hold");
        held.awaitReached();
        calls(Slow.ON_TURN, MOST);
        CompletionStage<?> refused = talker.refuse();
        CompletionStage<Done> early = failedBefore ? talker.context().turn().done() : talker.close(4001, "bye");
        held.letGo();
        assertThatThrownBy(() -> await(refused)).hasCauseInstanceOf(IllegalStateException.class);

        await(failedBefore ? talker.close(4001, "bye") : early);

        assertThat(door.next()).isEqualTo(new CloseReason(4001, "bye"));
        pending.complete("");
        door.awaitStop();
    }

    @Test
    void refusesACloseCodeThatIsNeverSentAtOnce() {
        Door door = open();

        assertThatThrownBy(() -> talker().close(1006, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1006 means a lost connection");

        end(door);
    }

    @Test
    void countsTheHeadersOfMessagesWithinTheBoundOfBytes() {
        Door door = open().holdAtMost(1_000);
        door.tell("hold");
        held.awaitReached();
        CompletionStage<?> first = talker().send(new byte[490]);
        CompletionStage<?> second = talker().send(new byte[490]);

        assertThatThrownBy(() -> await(talker().push(""))).hasCauseInstanceOf(ConsumerOverloadedException.class);
        held.letGo();
        await(first);
        await(second);
        assertThatThrownBy(() -> await(talker().send(new byte[1_000])))
                .hasCauseInstanceOf(ConsumerOverloadedException.class);
        end(door);
    }

    @Test
    void refusesAClientAlthoughNoMoreCallsAreTaken() {
        Door door = Door.knock(kit, Scope.of("/ws/test/"), context -> new Talker(context) {
            @Override
            protected CompletionStage<?> connect() {
                return onTurn(pending);
            }
        });
        await(talkers);
        calls(Slow.ON_TURN, MOST);

        talker().refuse();

        assertThat(door.next()).isEqualTo(Refusal.FORBIDDEN);
        pending.complete("");
        door.awaitStop();
    }

    @Test
    void closesWhereConnectFailsAfterAnAcceptanceFromAnotherThread() {
        Door door = Door.knock(kit, Scope.of("/ws/test/"), context -> new Talker(context) {
            @Override
            protected CompletionStage<?> connect() {
                return onTurn(pending);
            }
        });
        await(talkers);
        await(talker().accept());

        pending.completeExceptionally(new IllegalStateException("planted"));

        assertThat(door.next()).isInstanceOf(Acceptance.class);
        assertThat(door.next()).isEqualTo(CloseReason.of(1011));
        door.awaitStop();
    }

    @Test
    void closesTheCallerWith1013WhereItsCallbackReturnsARefusedCall() {
        Door door = open();
        Talker busy = talker();
        door.tell("hold");
        held.awaitReached();
        IntStream.range(0, MOST).forEach(number -> busy.push(""));
        Door caller = Door.open(kit, context -> new Talker(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                return busy.push(text);
            }
        });

        caller.tell("one more");

        assertThat(((CloseReason) caller.next()).code()).isEqualTo(1013);
        held.letGo();
        caller.awaitStop();
        end(door);
    }

    @Test
    void completesCallsThatComeAfterTheEnd() {
        Door door = open();
        Talker talker = talker();
        end(door);

        await(talker.push("too late"));
        await(talker.all.add());
        await(talker.all.send("note", "too late"));
        await(talker.close());
        assertThat(await(talker.drained())).isFalse();
        assertThat(count("channels.consumer.calls.dropped")).isEqualTo(5);
        assertThatThrownBy(() -> await(talker.database().withHandle(handle -> "lost")))
                .hasCauseInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> await(talker.onTurn(CompletableFuture.completedFuture(""))))
                .hasCauseInstanceOf(RejectedExecutionException.class);
        assertThat(door.saidSoFar()).isEmpty();
    }

    @Test
    void completesCallsThatWaitWhenTheActorStops() {
        Door door = Door.open(kit, context -> new Talker(context) {
            @Override
            protected CompletionStage<?> disconnect(CloseReason reason) {
                held.stay();
                return done();
            }
        });
        door.leave(CloseReason.of(1000));
        held.awaitReached();
        List<CompletionStage<?>> calls = List.of(
                talker().push("lost"),
                talker().all.add(),
                talker().drained(),
                talker().onTurn(CompletableFuture.completedFuture("")));
        held.letGo();

        calls.forEach(ForeignCallsTest::await);
        door.awaitStop();
        assertThat(count("channels.consumer.calls.dropped")).isEqualTo(3);
        assertThat(door.saidSoFar()).isEmpty();
    }

    @Test
    void completesCallsOfAConsumerWhoseActorIsStoppedFromOutside() {
        Door door = open().stall();
        CompletionStage<Boolean> drained = talker().drained();
        door.awaitUndrained();

        kit.stop(door.consumer());

        assertThat(await(drained)).isFalse();
        await(talker().push("lost"));
    }

    @Test
    void completesCallsOfACallbackThatWasGivenUp() {
        Door door = open();
        door.tell("wait");
        assertThat(door.next()).isEqualTo("waiting");
        CompletableFuture<String> late = new CompletableFuture<>();
        CompletionStage<String> brought = talker().onTurn(late);
        end(door);

        late.complete("");
        assertThatThrownBy(() -> await(brought)).hasCauseInstanceOf(RejectedExecutionException.class);
        await(talker().push("lost"));
    }

    @Test
    void letsMessagesAndEventsAlternateWithCalls() {
        Door door = open();
        await(talker().all.add());
        door.tell("hold");
        held.awaitReached();
        AtomicBoolean stop = new AtomicBoolean();
        CompletionStage<?> flood = push(talker(), 0, stop);
        door.tell("message");
        layer().groupSend("all", Event.of("note", "event"));
        held.letGo();

        // The flood goes on for as long as neither has come: each call makes the next.
        List<Object> heard = new ArrayList<>();
        while (!heard.containsAll(List.of("message", "event"))) {
            heard.add(door.next());
        }
        stop.set(true);
        await(flood);
        assertThat(heard).contains("0");
        end(door);
    }

    private static CompletionStage<?> push(Talker talker, int number, AtomicBoolean stop) {
        // Off the turn each time, so that each is a call from another thread.
        return talker.push("" + number)
                .thenComposeAsync(
                        sent -> stop.get()
                                ? CompletableFuture.completedFuture("")
                                : push(talker, number + 1, stop).thenApply(pushed -> ""),
                        CompletableFuture.delayedExecutor(0, TimeUnit.MILLISECONDS));
    }

    @Test
    void carriesWhatTwoConsumersSendThroughEachOther() {
        Door one = open();
        Talker first = talker();
        Door two = open();
        Talker second = talker();
        Door[] doors = {relaying(first), relaying(second)};
        for (int number = 0; number < 100; number++) {
            doors[0].tell("to one " + number);
            doors[1].tell("to two " + number);
            doors[0].awaitCredit();
            doors[1].awaitCredit();
        }

        for (int number = 0; number < 100; number++) {
            assertThat(one.next()).isEqualTo("to one " + number);
            assertThat(two.next()).isEqualTo("to two " + number);
        }
        List.of(one, two, doors[0], doors[1]).forEach(this::end);
    }

    /** A consumer that sends what it receives to the client of another. */
    private Door relaying(Talker other) {
        return Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                return other.push(text);
            }
        });
    }

    @Test
    void givesDatabaseCallsOfOtherThreadsNoDeadlineOfACallback() {
        Door door = openHurried();
        door.tell("wait");
        assertThat(door.next()).isEqualTo("waiting");

        CompletionStage<String> called = talker().database().withHandle(handle -> "done");

        assertThat(await(called)).isEqualTo("done");
        pending.complete("");
        end(door);
    }

    /** What a consumer runs on its turn, as a task and not in a callback. */
    private enum Task {
        CALL {
            @Override
            CompletionStage<?> of(Talker talker) {
                return talker.onTurn(CompletableFuture.completedFuture(""))
                        .thenComposeAsync(there -> talker.database().withHandle(handle -> "done"));
            }
        },
        AFTER_A_SEND {
            @Override
            CompletionStage<?> of(Talker talker) {
                return talker.push("pushed")
                        .thenComposeAsync(sent -> talker.database().withHandle(handle -> "done"));
            }
        };

        abstract CompletionStage<?> of(Talker talker);
    }

    @ParameterizedTest
    @EnumSource
    void givesTasksBetweenCallbacksNoDeadlineOfTheLastOne(Task task) {
        Door door = openHurried();

        assertThat(await(task.of(talker()))).isEqualTo("done");

        end(door);
    }

    @Test
    void givesAllSlicesTheDeadlineOfTheCallThatReadsThem() {
        Door door = openHurried();
        Talker talker = talker();
        door.tell("wait");
        assertThat(door.next()).isEqualTo("waiting");
        List<Integer> read = new ArrayList<>();

        CompletionStage<?> all = talker.database()
                .<Integer, Integer>slices(0, key -> key, (handle, after) -> after < 3 ? List.of(after + 1) : List.of())
                .forEach(slice -> {
                    read.addAll(slice);
                    return CompletableFuture.completedFuture(true);
                });

        await(all);
        assertThat(read).containsExactly(1, 2, 3);
        pending.complete("");
        end(door);
    }

    /** The callbacks of this consumer have no time for the database. */
    private Door openHurried() {
        return Door.open(kit, context -> new Talker(context) {
            @Override
            protected Optional<Duration> deadline() {
                return Optional.of(Duration.ofNanos(1));
            }
        });
    }

    @Test
    void logsTheFirstRefusalOfAConnection() {
        Door door = open();
        door.tell("hold");
        held.awaitReached();
        try (RecordedLog log = new RecordedLog(CallQueue.class.getName())) {
            IntStream.range(0, MOST + 3).forEach(number -> talker().push(""));

            assertThat(log.soFar("max-foreign-calls"))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("Talker.receive(String)");
        }
        held.letGo();
        end(door);
    }
}
