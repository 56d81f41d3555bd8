package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

/** What becomes of work whose end has come, on every kind of database. */
abstract class CancellationCases extends AccessCases {
    private static final int ROUNDS = 200;

    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger ran = new AtomicInteger();

    /** A query that is under way for a moment. */
    String shortQuery() {
        return "select count(*) from item";
    }

    @Test
    void cancelsTheStatementThatRuns() {
        CompletionStage<Integer> running = database.cancelledBy(end).withHandle(this::insertAndRunForEver);
        await(inside);

        end.complete("left");

        assertThat(failure(running))
                .isInstanceOf(DatabaseCancelledException.class)
                .hasMessage("database work was cancelled")
                .hasCauseInstanceOf(org.jdbi.v3.core.JdbiException.class);
        TestDatabase.assertNothingLeft(database);
        assertThat(database.stats().cancelled()).isEqualTo(1);
        assertThat(countItems())
                .as("in autocommit, earlier statements are done")
                .isEqualTo(1);
    }

    @Test
    void rollsATransactionBackThatIsCancelled() {
        CompletionStage<Integer> running = database.cancelledBy(end).inTransaction(this::insertAndRunForEver);
        await(inside);

        end.completeExceptionally(new IllegalStateException("lost"));

        assertThat(failure(running)).isInstanceOf(DatabaseCancelledException.class);
        assertThat(countItems()).isZero();
    }

    @Test
    void doesNotRunATransactionAgainThatIsCancelled() {
        TransactionOptions twice = TransactionOptions.defaults().withAttempts(2);

        Throwable failure = failure(database.cancelledBy(end).inTransaction(twice, handle -> {
            ran.incrementAndGet();
            end.complete("left");
            throw new SQLException("planted conflict", "40001");
        }));

        assertThat(failure).isInstanceOf(DatabaseCancelledException.class).hasRootCauseMessage("planted conflict");
        assertThat(ran).hasValue(1);
    }

    @Test
    void dropsWhatWaitsAtOnce() {
        CompletionStage<Done> stuck = stick();
        CompletionStage<Integer> waiting = database.cancelledBy(end).withHandle(handle -> ran.incrementAndGet());
        CompletionStage<Integer> cleanup =
                database.cancelledBy(end).forCleanup().withHandle(handle -> ran.incrementAndGet());
        assertThat(database.stats().waiting()).isEqualTo(2);

        end.complete("left");

        for (CompletionStage<Integer> dropped : List.of(waiting, cleanup)) {
            assertThat(failure(dropped))
                    .isInstanceOf(DatabaseCancelledException.class)
                    .hasMessage("database work was cancelled before it started")
                    .hasNoCause();
        }
        assertThat(database.stats().waiting()).isZero();
        assertThat(database.stats().cancelled()).isEqualTo(2);
        release.countDown();
        await(stuck);
        assertThat(ran).hasValue(0);
    }

    @Test
    void startsNothingAfterTheEnd() {
        end.complete("left");

        assertThat(failure(database.cancelledBy(end).withHandle(handle -> ran.incrementAndGet())))
                .isInstanceOf(DatabaseCancelledException.class)
                .hasNoCause();
        assertThat(ran).hasValue(0);
        assertThat(database.stats().cancelled()).isEqualTo(1);
    }

    @Test
    void beginsNoOtherStatementAfterTheEnd() {
        Throwable failure = failure(database.cancelledBy(end).useHandle(handle -> {
            end.complete("left");
            handle.execute("insert into item values (1, 'ink')");
        }));

        assertThat(failure).isInstanceOf(DatabaseCancelledException.class);
        assertThat(countItems()).isZero();
    }

    @Test
    void doesNotCommitAfterTheEnd() {
        Throwable failure = failure(database.cancelledBy(end).useTransaction(handle -> {
            handle.execute("insert into item values (1, 'ink')");
            end.complete("left");
        }));

        assertThat(failure).isInstanceOf(DatabaseCancelledException.class);
        assertThat(countItems()).isZero();
    }

    @Test
    void returnsWhatHasComeToItsEnd() {
        int one = await(database.cancelledBy(end).withHandle(handle -> {
            int inserted = handle.execute("insert into item values (1, 'ink')");
            end.complete("left");
            return inserted;
        }));

        assertThat(one).isEqualTo(1);
        assertThat(database.stats().cancelled()).isZero();
    }

    @Test
    void isCancelledByWhicheverEndComesFirst() {
        CompletableFuture<String> never = new CompletableFuture<>();
        CompletionStage<Integer> running =
                database.cancelledBy(never).cancelledBy(end).withHandle(this::insertAndRunForEver);
        await(inside);

        end.complete("left");

        assertThat(failure(running)).isInstanceOf(DatabaseCancelledException.class);
    }

    @Test
    void isCancelledByACallerWhoGivesUp() {
        CompletableFuture<Integer> running = database.cancelledBy(end)
                .inTransaction(this::insertAndRunForEver)
                .toCompletableFuture();
        await(inside);

        running.cancel(true);

        // There is one thread, and it is free again.
        assertThat(countItems()).isZero();
        assertThat(database.stats().cancelled()).isEqualTo(1);
    }

    @Test
    void endsNothingThatRunsForACallerWhoGivesUpAnOrdinaryCall() {
        CompletableFuture<Integer> running = database.withHandle(handle -> {
                    inside.countDown();
                    await(release);
                    return handle.execute("insert into item values (1, 'ink')");
                })
                .toCompletableFuture();
        await(inside);

        running.cancel(true);
        release.countDown();

        assertThat(countItems()).isEqualTo(1);
        assertThat(database.stats().cancelled()).isZero();
    }

    @Test
    void neverCancelsWhatTheConnectionRunsNext() {
        for (int round = 0; round < ROUNDS; round++) {
            CompletableFuture<Integer> soon = new CompletableFuture<>();
            CompletionStage<Boolean> first = database.cancelledBy(soon).withHandle(handle -> {
                soon.completeAsync(ran::incrementAndGet);
                return runShortly(handle);
            });
            CompletionStage<Boolean> next = database.withHandle(this::runShortly);

            first.handle((done, failure) -> assertThat(failure)
                            .satisfiesAnyOf(
                                    none -> assertThat(none).isNull(),
                                    some -> assertThat(some).isInstanceOf(DatabaseCancelledException.class)))
                    .toCompletableFuture()
                    .join();
            assertThat(await(next)).isTrue();
        }
    }

    @Test
    void leavesNothingOnAnEndThatOutlivesManyCalls() {
        for (int round = 0; round < ROUNDS; round++) {
            await(database.cancelledBy(end).withHandle(handle -> 1));
        }

        assertThat(end.getNumberOfDependents()).isLessThan(3);
    }

    private int insertAndRunForEver(Handle handle) {
        handle.execute("insert into item values (1, 'ink')");
        inside.countDown();
        return handle.execute(endlessQuery());
    }

    private boolean runShortly(Handle handle) {
        return !handle.select(shortQuery()).mapToMap().list().isEmpty();
    }

    private CompletionStage<Done> stick() {
        CompletionStage<Done> stuck = database.useHandle(handle -> {
            inside.countDown();
            await(release);
        });
        await(inside);
        return stuck;
    }
}
