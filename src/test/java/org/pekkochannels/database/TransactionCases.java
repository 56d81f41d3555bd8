package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.junit.jupiter.api.Test;

/** What transactions with options must do on every kind of database. */
abstract class TransactionCases extends LeftOpenCases {
    private static final TransactionOptions THREE_ATTEMPTS =
            TransactionOptions.defaults().withAttempts(3);

    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void runsAtTheLevelThatTheOptionsSayAndNoLonger() {
        TransactionIsolationLevel usual = level(TransactionOptions.defaults());

        assertThat(level(TransactionOptions.serializable())).isEqualTo(TransactionIsolationLevel.SERIALIZABLE);
        assertThat(level(TransactionOptions.isolation(TransactionIsolationLevel.REPEATABLE_READ)
                        .forReading()))
                .isEqualTo(TransactionIsolationLevel.REPEATABLE_READ);
        assertThat(level(TransactionOptions.defaults())).isEqualTo(usual);
    }

    @Test
    void putsTheLevelBackOnAConnectionOfNoPool() throws SQLException {
        try (Connection one = DriverManager.getConnection(url())) {
            int level = one.getTransactionIsolation();
            Database own = Database.of(started.system, Jdbi.create(one));

            await(own.inTransaction(TransactionOptions.serializable(), handle -> 1));

            assertThat(one.getTransactionIsolation()).isEqualTo(level);
            await(own.stop());
        }
    }

    @Test
    void commitsWithOptionsOrRollsBack() {
        IOException thrown = new IOException("no");

        await(database.inTransaction(
                TransactionOptions.serializable(), handle -> handle.execute("insert into item values (1, 'ink')")));
        Throwable failure = failure(database.inTransaction(TransactionOptions.serializable(), handle -> {
            handle.execute("insert into item values (2, 'pen')");
            throw thrown;
        }));

        assertThat(failure).isSameAs(thrown);
        assertThat(countItems()).isEqualTo(1);
    }

    @Test
    void canWriteAgainAfterATransactionThatOnlyRead() {
        int count = await(database.inTransaction(
                TransactionOptions.defaults().forReading(),
                handle -> handle.attach(Items.class).count()));

        await(database.useHandle(handle -> handle.execute("insert into item values (1, 'ink')")));

        assertThat(count).isZero();
        assertThat(countItems()).isEqualTo(1);
    }

    @Test
    void makesALazyCallbackATransaction() {
        IOException thrown = new IOException("no");

        Throwable failure = failure(database.withLazyHandle(handles -> {
            handles.beginTransaction(TransactionOptions.defaults());
            handles.handle().execute("insert into item values (1, 'inside')");
            throw thrown;
        }));

        assertThat(failure).isSameAs(thrown);
        assertThat(countItems()).isZero();
    }

    @Test
    void refusesATransactionOnceTheHandleWasAskedFor() {
        Throwable failure = failure(database.withLazyHandle(handles -> {
            handles.handle();
            handles.beginTransaction(THREE_ATTEMPTS);
            handles.handle().execute("insert into item values (1, 'outside')");
            return 1;
        }));

        assertThat(failure)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("beginTransaction")
                .hasMessageContaining("call it before handle()");
        assertThat(countItems()).isZero();
    }

    @Test
    void opensNoHandleForATransactionThatNeedsNone() {
        int open = await(database.withLazyHandle(handles -> {
            handles.beginTransaction(TransactionOptions.serializable());
            return database.stats().openHandles();
        }));

        assertThat(open).isZero();
    }

    @Test
    void refusesASecondTransactionInOneCallback() {
        Throwable failure = failure(database.withLazyHandle(handles -> {
            handles.beginTransaction(TransactionOptions.defaults());
            handles.beginTransaction(TransactionOptions.serializable());
            return 1;
        }));

        assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessageContaining("transaction already");
    }

    @Test
    void runsAgainAfterAConflict() {
        for (String state : List.of("40001", "40P01")) {
            runs.set(0);

            int run = await(database.inTransaction(THREE_ATTEMPTS, handle -> {
                handle.execute("insert into item values (?, 'ink')", state.equals("40001") ? 1 : 2);
                return conflictUntil(3, state);
            }));

            assertThat(run).isEqualTo(3);
        }
        assertThat(countItems()).isEqualTo(2);
    }

    @Test
    void failsWithTheFirstConflictAndSuppressesTheLaterOnes() {
        Throwable failure = failure(database.inTransaction(THREE_ATTEMPTS, handle -> conflictUntil(9, "40001")));

        assertThat(runs).hasValue(3);
        assertThat(failure).hasMessage("planted in run 1");
        assertThat(failure.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("planted in run 2", "planted in run 3");
    }

    @Test
    void runsOnlyOnceWhereNoMoreAttemptsWereAskedFor() {
        assertThat(failure(database.inTransaction(handle -> conflictUntil(2, "40001"))))
                .hasMessage("planted in run 1");
        assertThat(failure(database.inTransaction(TransactionOptions.defaults(), handle -> conflictUntil(9, "40001"))))
                .hasMessage("planted in run 2");
    }

    @Test
    void takesEveryOtherFailureForFinal() {
        assertThat(failure(database.inTransaction(THREE_ATTEMPTS, handle -> conflictUntil(9, "23505"))))
                .hasMessage("planted in run 1");
        assertThat(runs).hasValue(1);
    }

    @Test
    void tellsWhatAnotherAttemptThrewUnchanged() {
        IOException thrown = new IOException("no");

        Throwable failure = failure(database.inTransaction(THREE_ATTEMPTS, handle -> {
            conflictUntil(2, "40001");
            throw thrown;
        }));

        assertThat(failure).isSameAs(thrown);
        assertThat(runs).hasValue(2);
    }

    @Test
    void letsOtherWorkUseTheThreadBetweenAttempts() {
        List<String> order = new ArrayList<>();
        CompletableFuture<CompletionStage<Boolean>> other = new CompletableFuture<>();

        await(database.inTransaction(THREE_ATTEMPTS, handle -> {
            order.add("attempt");
            if (!other.isDone()) {
                other.complete(database.withHandle(second -> order.add("other")));
            }
            return conflictUntil(3, "40001");
        }));

        await(await(other));
        assertThat(order).containsExactly("attempt", "other", "attempt", "attempt");
    }

    @Test
    void doesNotRunAgainForACallerThatHasGivenUp() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Integer> stage = database.inTransaction(THREE_ATTEMPTS, handle -> {
                    inside.countDown();
                    await(release);
                    return conflictUntil(9, "40001");
                })
                .toCompletableFuture();
        await(inside);

        stage.cancel(false);
        release.countDown();
        await(database.withHandle(handle -> 1));

        assertThat(runs).hasValue(1);
    }

    @Test
    void refusesOptionsOutOfBounds() {
        assertThatThrownBy(() -> TransactionOptions.defaults().withAttempts(0))
                .hasMessage("attempts must be from 1 to 100, was 0");
        assertThatThrownBy(() -> TransactionOptions.isolation(TransactionIsolationLevel.NONE))
                .hasMessage("isolation must be a level, was NONE");
    }

    private int conflictUntil(int last, String state) throws SQLException {
        int run = runs.incrementAndGet();
        if (run < last) {
            throw new SQLException("planted in run " + run, state);
        }
        return run;
    }

    private TransactionIsolationLevel level(TransactionOptions options) {
        return await(database.inTransaction(options, handle -> handle.getTransactionIsolationLevel()));
    }
}
