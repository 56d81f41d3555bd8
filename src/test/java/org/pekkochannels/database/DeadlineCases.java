package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;

/** What times must bound on every kind of database. */
abstract class DeadlineCases extends CancellationCases {
    // Long enough for a call to start in time on a busy machine.
    private static final Duration SOON = Duration.ofMillis(250);

    private final AtomicInteger ran = new AtomicInteger();

    @Test
    void neverStartsWorkThatHasWaitedPastItsDeadline() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletionStage<Done> stuck = database.useHandle(handle -> {
            inside.countDown();
            await(release);
        });
        await(inside);

        Throwable late = failure(database.within(SOON).withHandle(handle -> ran.incrementAndGet()));
        release.countDown();
        await(stuck);

        assertThat(late)
                .isInstanceOfSatisfying(DatabaseWaitTimeoutException.class, timeout -> {
                    assertThat(timeout.limit()).isEqualTo(SOON);
                    assertThat(timeout.waited()).isGreaterThanOrEqualTo(SOON);
                })
                .hasMessageContaining("limit 250 ms (within)");
        assertThat(database.stats().timedOut()).isEqualTo(1);
        assertThat(database.stats().waiting()).isZero();
        assertThat(ran).hasValue(0);
    }

    @Test
    void cutsAStatementOffAtItsDeadline() {
        Database hurried = database.within(SOON);

        for (Throwable late : new Throwable[] {
            failure(hurried.withHandle(handle -> handle.execute(endlessQuery()))),
            failure(hurried.inTransaction(handle -> handle.execute(endlessQuery()))),
            failure(hurried.inTransaction(TransactionOptions.serializable(), handle -> handle.execute(endlessQuery())))
        }) {
            assertThat(late)
                    .isInstanceOfSatisfying(
                            DatabaseTimeoutException.class,
                            timeout -> assertThat(timeout.limit()).isEqualTo(SOON))
                    .hasMessage("database call timed out, limit 250 ms (within)");
        }
        assertThat(countItems()).isZero();
    }

    @Test
    void beginsNoStatementAfterTheDeadline() {
        Deadline deadline = Deadline.after(SOON);
        Database hurried = database.within(deadline);

        Throwable late = failure(hurried.useTransaction(handle -> {
            handle.execute("insert into item values (1, 'ink')");
            awaitEnd(hurried);
            handle.attach(Items.class).add(2, "pen");
        }));

        assertThat(late).isInstanceOf(DatabaseTimeoutException.class);
        assertThat(deadline.isOver()).isTrue();
        assertThat(countItems()).isZero();
    }

    @Test
    void sharesOneDeadlineAmongCalls() {
        Database hurried = database.within(Deadline.after(SOON, "some.key"));

        Throwable first = failure(hurried.withHandle(handle -> handle.execute(endlessQuery())));
        Throwable second = failure(hurried.within(Duration.ofMinutes(1)).withHandle(handle -> ran.incrementAndGet()));

        assertThat(first).isInstanceOf(DatabaseTimeoutException.class).hasMessageContaining("limit 250 ms (some.key)");
        assertThat(second)
                .isInstanceOf(DatabaseWaitTimeoutException.class)
                .hasMessageContaining("the deadline of 250 ms (some.key) had passed before the database was called");
        assertThat(ran).hasValue(0);
    }

    @Test
    void keepsToTheEarlierOfSeveralTimes() {
        Deadline later = Deadline.after(Duration.ofMinutes(1));

        for (Database hurried : List.of(
                database.within(later).within(SOON), database.within(SOON).within(later))) {
            assertThat(failure(hurried.withHandle(handle -> handle.execute(endlessQuery()))))
                    .isInstanceOfSatisfying(
                            DatabaseTimeoutException.class,
                            timeout -> assertThat(timeout.limit()).isEqualTo(SOON));
        }
    }

    @Test
    void leavesNothingOfTheDeadlineOnTheConnection() {
        await(database.within(Duration.ofMinutes(1)).withHandle(handle -> handle.execute("select 1")));

        int seconds = await(database.withHandle(handle -> {
            try (Statement statement = handle.getConnection().createStatement()) {
                return statement.getQueryTimeout();
            }
        }));

        assertThat(seconds).isZero();
    }

    @Test
    void returnsWhatIsDoneInTime() {
        int two = await(database.within(Duration.ofMinutes(1))
                .inTransaction(handle ->
                        handle.select("select 1 + 1").mapTo(Integer.class).one()));

        assertThat(two).isEqualTo(2);
    }

    @Test
    void boundsEachStatementAsConfigured() {
        try (TestDatabase bounded = TestDatabase.start(
                TestDatabase.url(url()), "channels.database { threads = 1, statement-timeout = 200ms }")) {
            assertThat(failure(bounded.database.withHandle(handle -> handle.execute(endlessQuery()))))
                    .isInstanceOf(DatabaseTimeoutException.class)
                    .hasMessage("database statement timed out, limit 200 ms (channels.database.statement-timeout)");
            assertThat(failure(bounded.database.inTransaction(handle -> handle.execute(endlessQuery()))))
                    .isInstanceOf(DatabaseTimeoutException.class);
        }
    }

    @Test
    void refusesATimeThatIsOverBeforeItBegins() {
        assertThatThrownBy(() -> database.within(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("within must be longer than zero and at most 24h, was 0s");
    }

    /** Returns when the deadline of a view is over, as a call that waits finds out. The only thread must be taken. */
    private void awaitEnd(Database hurried) {
        assertThat(failure(hurried.withHandle(handle -> ran.incrementAndGet())))
                .isInstanceOf(DatabaseWaitTimeoutException.class);
    }
}
