package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;

/** What must hold beside on MySQL, and on MariaDB, which comes of it. */
abstract class MySqlContract extends ServerContract {
    /** As platforms give it. */
    abstract String platformUrl();

    /** Does something while the server is stopped, and starts it once more. */
    abstract <T> T whileStopped(Supplier<T> task) throws IOException;

    /** From a table: of a sleep by itself, MySQL says that it has ended well, when it is cancelled. */
    @Override
    String endlessQuery() {
        return "select 1 from information_schema.tables where sleep(3600)";
    }

    @Override
    String endOfItsConnection() {
        return "kill connection_id()";
    }

    @Override
    String arithmetic() {
        return "has (\\d+) connections for all its clients \\(max_connections \\1\\)";
    }

    @Test
    void startsFromTheUrlThatPlatformsGive() {
        try (TestDatabase started = TestDatabase.start(TestDatabase.url(platformUrl()))) {
            int two = await(started.database.withHandle(
                    handle -> handle.select("select 1 + 1").mapTo(Integer.class).one()));

            assertThat(two).isEqualTo(2);
        }
    }

    @Test
    void runsAgainWhatABrokenDeadlockUndid() {
        await(database.useHandle(handle -> handle.execute("insert into item values (1, 'a'), (2, 'b')")));
        AtomicInteger runs = new AtomicInteger();
        CompletableFuture<Done> rivalIsDone = new CompletableFuture<>();
        try (Handle rival = Jdbi.open(url())) {
            // The one that has written less is given up.
            rival.begin().execute("insert into item values (3, 'c'), (4, 'd'), (5, 'e')");
            rival.execute("update item set title = 'rival' where item_id = 2");

            await(database.inTransaction(TransactionOptions.defaults().withAttempts(2), handle -> {
                handle.execute("update item set title = 'ours' where item_id = 1");
                if (runs.incrementAndGet() == 1) {
                    ForkJoinPool.commonPool().execute(() -> {
                        rival.execute("update item set title = 'rival' where item_id = 1");
                        rival.commit();
                        rivalIsDone.complete(Done.done());
                    });
                    awaitLockWait();
                }
                return handle.execute("update item set title = 'ours' where item_id = 2");
            }));
            await(rivalIsDone);
        }

        assertThat(runs).hasValue(2);
        assertThat(countItems()).isEqualTo(5);
    }

    @Test
    void survivesARestartOfTheDatabase() throws IOException {
        try (TestDatabase started = TestDatabase.start(
                TestDatabase.url(url()), "channels.database { threads = 2, connection-timeout = 5s }")) {
            await(started.database.useHandle(handle -> handle.execute("insert into item values (1, 'kept')")));

            Throwable whileDown =
                    whileStopped(() -> failure(started.database.withHandle(handle -> handle.execute("select 1"))));
            int kept = await(started.database.withExtension(Items.class, Items::count));

            assertThat(whileDown).isInstanceOfAny(JdbiException.class, DatabaseUnavailableException.class);
            assertThat(kept).isEqualTo(1);
        }
    }

    private void awaitLockWait() throws InterruptedException {
        Jdbi other = Jdbi.create(url());
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (waiting(other) == 0) {
            assertThat(System.nanoTime())
                    .as("the rival waits for a lock in time")
                    .isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** Not from innodb_trx: it is a picture that stays as it was as long as somebody looks ten times a second. */
    private static int waiting(Jdbi other) {
        return other.withHandle(handle -> handle.select("show global status like 'innodb_row_lock_current_waits'")
                .map((row, context) -> row.getInt("Value"))
                .one());
    }

    @Override
    Map<String, String> sessionChanges() {
        return Map.of(
                "use mysql", "select database() as v",
                "set @kept = 1", "select @kept as v",
                "set session sort_buffer_size = 400000", "select @@session.sort_buffer_size as v",
                "lock tables item read",
                        "select count(*) as v from information_schema.tables where table_name = 'none'",
                "create temporary table item as select 1 as one", "select * from item");
    }

    @Override
    List<String> harmless() {
        return List.of(
                "lock tables item read; unlock tables",
                "create temporary table x (id int); drop temporary table x",
                "set transaction isolation level serializable");
    }

    @Test
    void givesASessionWithoutAutocommitToNobody() {
        failure(database.useHandle(handle -> {
            handle.execute("set autocommit = 0");
            handle.execute("insert into item values (1, 'left')");
        }));
        await(database.useHandle(handle -> handle.execute("insert into item values (2, 'next')")));

        List<Integer> committed = Jdbi.create(url())
                .withHandle(handle -> handle.select("select item_id from item")
                        .mapTo(Integer.class)
                        .list());
        assertThat(committed).containsExactly(2);
    }

    @Test
    void letsTheNextMessageWriteAfterTablesWereLockedForReading() {
        await(database.useHandle(handle -> handle.execute("lock tables item read")));

        await(database.useHandle(handle -> handle.execute("insert into item values (1, 'ink')")));

        assertThat(countItems()).isEqualTo(1);
    }
}
