package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.protocol.CloseReason;

/** A stage that fails, and that a callback neither returned nor handled, is reported; no other is. */
class LostFailureTest extends FailureTestSystem {
    private static final String REPORTED = "neither returned it nor handled its failure";
    // Jackson finds nothing to encode in an Object.
    private static final Object UNENCODABLE = Map.of("nowhere", new Object());

    private final CountDownLatch gate = new CountDownLatch(1);

    /** One thread: calls end in the order in which they were made. */
    @Override
    String extraConfig() {
        return super.extraConfig() + ", channels.database.threads = 1";
    }

    private static CompletionStage<Integer> bad(WebSocketConsumer consumer) {
        return consumer.database().withHandle(LostFailureTest::fail);
    }

    private static CompletionStage<Integer> good(WebSocketConsumer consumer) {
        return consumer.database().withHandle(handle -> 1);
    }

    private static int fail(Handle handle) {
        return handle.execute("select * from nowhere");
    }

    private static Integer raise() {
        throw new IllegalStateException("nowhere");
    }

    private enum Lost {
        DATABASE(LostFailureTest::bad),
        CANCELLABLE(c -> c.database().cancelledBy(c.ended()).withHandle(LostFailureTest::fail)),
        DERIVED(c -> bad(c).thenApply(rows -> rows + 1)),
        CONTINUATION(c -> good(c).thenApply(rows -> raise())),
        SECOND_CONTINUATION(c -> good(c).thenApply(rows -> rows + 1).thenAccept(rows -> raise())),
        ASYNC_CONTINUATION(c -> good(c).thenAcceptAsync(rows -> raise())),
        CONTINUATION_OF_A_COMPLETE_STAGE(c -> c.done().thenAccept(done -> raise())),
        COMPOSED(c -> good(c).thenCompose(rows -> bad(c))),
        DERIVED_OF_COMPOSED(c -> good(c).thenCompose(rows -> bad(c)).thenApply(rows -> rows + 1)),
        COMPOSED_WITH_A_COMPLETE_STAGE(c -> c.done().thenCompose(done -> bad(c))),
        COMBINED(c -> good(c).thenCombine(bad(c), Integer::sum)),
        HANDLER(c -> bad(c).exceptionally(failure -> raise())),
        GROUP(c -> c.group("all").send("note", UNENCODABLE)),
        JSON(c -> c.sendJson(UNENCODABLE)),
        FOREIGN(c -> c.onTurn(CompletableFuture.failedFuture(new IllegalStateException("nowhere")))),
        FOREIGN_LATER(c -> c.onTurn(CompletableFuture.supplyAsync(LostFailureTest::raise)));

        @SuppressWarnings("ImmutableEnumChecker") // a lambda without state
        private final Function<WebSocketConsumer, CompletionStage<?>> mistake;

        Lost(Function<WebSocketConsumer, CompletionStage<?>> mistake) {
            this.mistake = mistake;
        }
    }

    /** Makes the mistake when told to, and answers all else. */
    private static final class Careless extends WebSocketConsumer {
        private final Function<WebSocketConsumer, CompletionStage<?>> mistake;

        Careless(ConsumerContext context, Function<WebSocketConsumer, CompletionStage<?>> mistake) {
            super(context);
            this.mistake = mistake;
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            if (text.equals("err")) {
                var unused = mistake.apply(this);
                return done();
            }
            return good(this).thenCompose(rows -> send("answer"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void reportsOnceAStageThatFailedAndWasNeitherReturnedNorHandled(Lost lost) {
        Door door = Door.open(kit, context -> new Careless(context, lost.mistake));

        door.tell("err");

        assertThat(log.await(REPORTED))
                .contains("Careless.receive(String) on /ws/test/")
                .containsIgnoringCase("nowhere");
        door.tell("and now?", "and now?");
        assertThat(door.next(2)).as("it stays open").containsExactly("answer", "answer");
        leave(door);
        assertThat(log.soFar(REPORTED)).hasSize(1);
        assertThat(unhandled()).isEqualTo(1);
    }

    @Test
    void reportsAFailureWhenItsCallbackIsOver() {
        Door door = Door.open(
                kit,
                context -> new Scripted(context, c -> {
                    bad(c);
                    return good(c).thenCompose(rows -> {
                        assertThat(unhandled()).isZero();
                        return c.send("going on");
                    });
                }));

        door.tell("go");

        assertThat(door.next()).isEqualTo("going on");
        assertThat(log.await(REPORTED)).contains("Scripted.receive(String)");
        leave(door);
        assertThat(unhandled()).isEqualTo(1);
    }

    @Test
    void reportsWhatAContinuationOfALostStageLost() {
        Door door = Door.open(kit, context -> new Careless(context, c -> good(c).thenAccept(rows -> bad(c))));

        door.tell("err");

        assertThat(log.await(REPORTED)).contains("Careless.task on /ws/test/");
        leave(door);
        assertThat(unhandled()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 500, 3_000})
    void countsAllFailuresOfOneTurnAndLogsTheFirst(int failures) {
        Door door = Door.open(
                kit,
                context -> new Scripted(context, c -> {
                    IntStream.range(0, failures).forEach(i -> c.sendJson(UNENCODABLE));
                    return c.done();
                }));

        door.tell("go");
        log.await(REPORTED);
        leave(door);

        assertThat(unhandled()).isEqualTo(failures);
        assertThat(log.soFar(REPORTED)).hasSize(100);
        List<String> others = log.soFar(" in the same turn, and neither");
        assertThat(others).hasSize(failures > 100 ? 1 : 0);
        assertThat(others)
                .allSatisfy(line -> assertThat(line)
                        .contains(
                                failures == 101
                                        ? "left 1 more failed stage in"
                                        : "left " + (failures - 100) + " more failed stages in"));
    }

    @Test
    void doesNotCountHandledFailuresHoweverMany() {
        Door door = Door.open(
                kit,
                context -> new Scripted(context, c -> {
                    List<CompletionStage<Done>> failed = IntStream.range(0, 900)
                            .mapToObj(i -> c.sendJson(UNENCODABLE))
                            .toList();
                    failed.forEach(stage -> stage.whenComplete((done, failure) -> {}));
                    return c.send("handled");
                }));

        door.tell("go");
        assertThat(door.next()).isEqualTo("handled");
        leave(door);

        assertThat(unhandled()).isZero();
    }

    private enum Seen {
        RETURNED(LostFailureTest::bad),
        RETURNED_DERIVED(c -> bad(c).thenApply(rows -> rows + 1).thenAccept(rows -> {})),
        RETURNED_COMPOSED(c -> good(c).thenCompose(rows -> bad(c))),
        RETURNED_COMPOSED_DERIVED(c -> good(c).thenCompose(rows -> bad(c).thenApply(more -> more + 1))),
        RETURNED_COMBINED(c -> good(c).thenCombine(bad(c), Integer::sum)),
        RETURNED_COMBINED_FIRST(c -> bad(c).thenCombine(good(c), Integer::sum)),
        RETURNED_AFTER_ANOTHER(c -> {
            CompletionStage<Integer> failed = bad(c);
            return good(c).thenCompose(rows -> failed);
        }),
        RETURNED_TOGETHER(c -> CompletableFuture.allOf(bad(c).toCompletableFuture(), good(c).toCompletableFuture())),
        RETURNED_JSON(c -> c.sendJson(UNENCODABLE)),
        RETURNED_SECOND_BRANCH(c -> {
            CompletionStage<Integer> rows = bad(c);
            rows.thenAccept(any -> c.send("never"));
            return rows.thenApply(any -> any + 1);
        }),
        EXCEPTIONALLY(c -> answered(c, bad(c).exceptionally(failure -> 0).thenCompose(rows -> c.send("handled")))),
        HANDLE(c -> answered(c, bad(c).handle((rows, failure) -> c.send("handled")))),
        WHEN_COMPLETE(c -> answered(c, bad(c).whenComplete((rows, failure) -> c.send("handled")))),
        WHEN_COMPLETE_ASYNC(c -> answered(c, bad(c).whenCompleteAsync((rows, failure) -> c.send("handled")))),
        EXCEPTIONALLY_COMPOSE(c -> answered(
                c, bad(c).exceptionallyCompose(failure -> c.send("handled").thenApply(done -> 0)))),
        HANDLED_AT_THE_END_OF_A_CHAIN(c -> answered(
                c,
                good(c).thenCompose(rows -> bad(c))
                        .thenApply(rows -> rows + 1)
                        .whenComplete((rows, failure) -> c.send("handled")))),
        HANDLED_AT_ONCE(c -> answered(c, c.sendJson(UNENCODABLE).whenComplete((done, failure) -> c.send("handled")))),
        HANDLED_LATER_IN_THE_CALLBACK(c -> {
            CompletionStage<Integer> failed = bad(c);
            return good(c).thenCompose(rows -> failed.handle((any, failure) -> c.send("handled")));
        }),
        HANDLED_IN_ANOTHER_BRANCH(c -> {
            CompletionStage<Integer> rows = bad(c);
            rows.whenComplete((any, failure) -> c.send("handled"));
            return answered(c, rows.thenApply(any -> any + 1));
        }),
        HANDED_OVER(c -> answered(
                c,
                bad(c).toCompletableFuture()
                        .orTimeout(1, TimeUnit.MINUTES)
                        .handle((rows, failure) -> c.send("handled")))),
        SUCCEEDED(c -> answered(c, good(c).thenCompose(rows -> c.send("handled"))));

        @SuppressWarnings("ImmutableEnumChecker") // a lambda without state
        private final Function<WebSocketConsumer, CompletionStage<?>> callback;

        Seen(Function<WebSocketConsumer, CompletionStage<?>> callback) {
            this.callback = callback;
        }

        /** The stage is not returned. */
        private static CompletionStage<Done> answered(WebSocketConsumer consumer, CompletionStage<?> ignored) {
            return consumer.done();
        }
    }

    /** Does for each message what the test says. */
    private static final class Scripted extends WebSocketConsumer {
        private final Function<WebSocketConsumer, CompletionStage<?>> script;

        Scripted(ConsumerContext context, Function<WebSocketConsumer, CompletionStage<?>> script) {
            super(context);
            this.script = script;
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return script.apply(this);
        }

        /** On the only thread, and so after all that was asked of the database before. */
        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            return good(this);
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotReportAStageThatWasReturnedOrHandled(Seen seen) {
        Door door = Door.open(kit, context -> new Scripted(context, seen.callback));

        door.tell("go");

        if (!(door.next() instanceof CloseReason)) {
            assertThat(door.saidSoFar()).isEmpty();
            door.leave(CloseReason.LOST);
        }
        door.awaitStop();
        assertThat(log.soFar(REPORTED)).isEmpty();
        assertThat(unhandled()).isZero();
    }

    @Test
    void doesNotReportAStageThatAnotherThreadWaitsFor() throws Exception {
        CompletableFuture<CompletableFuture<Integer>> stage = new CompletableFuture<>();
        Door door = Door.open(
                kit,
                context -> new Careless(context, c -> {
                    CompletionStage<Integer> asked = c.database().withHandle(blocked());
                    stage.complete(asked.toCompletableFuture());
                    return asked;
                }));

        door.tell("err");
        CompletableFuture<Integer> asked = stage.get(20, TimeUnit.SECONDS);
        gate.countDown();

        assertThat(asked).failsWithin(20, TimeUnit.SECONDS);
        leave(door);
        assertThat(unhandled()).isZero();
    }

    @Test
    void doesNotReportAStageInAFieldThatALaterCallbackHandlesInTime() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            private final CompletionStage<Integer> loading = database().withHandle(blocked());

            @Override
            protected CompletionStage<?> receive(String text) {
                gate.countDown();
                return loading.handle((rows, failure) -> send("handled"));
            }
        });

        door.tell("go");

        assertThat(door.next()).isEqualTo("handled");
        leave(door);
        assertThat(unhandled()).isZero();
    }

    @Test
    void doesNotReportWhatTheEndOfTheConnectionCancelled() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                database().withHandle(blocked()).exceptionally(failure -> 0);
                database().cancelledBy(ended()).withHandle(handle -> 1);
                return send("asked");
            }

            @Override
            protected CompletionStage<?> disconnect(CloseReason reason) {
                gate.countDown();
                return good(this);
            }
        });

        door.tell("go");
        assertThat(door.next()).isEqualTo("asked");
        leave(door);

        assertThat(database().stats().cancelled()).isEqualTo(1);
        assertThat(log.soFar(REPORTED)).isEmpty();
        assertThat(unhandled()).isZero();
    }

    private HandleCallback<Integer, Exception> blocked() {
        return handle -> {
            assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
            return fail(handle);
        };
    }

    private static void leave(Door door) {
        door.leave(CloseReason.LOST);
        door.awaitStop();
    }

    private double unhandled() {
        return count("channels.consumer.unhandled");
    }
}
