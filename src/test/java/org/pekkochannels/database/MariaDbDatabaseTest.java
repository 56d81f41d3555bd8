package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import ch.vorburger.exec.ManagedProcessException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A real MariaDB. */
@EnabledIf("org.pekkochannels.database.EmbeddedMariaDb#isAvailable")
final class MariaDbDatabaseTest extends ServerContract {
    private static EmbeddedMariaDb mariaDb;

    // On a busy machine the first run is long about unpacking 350 MB.
    @BeforeAll
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    static void startMariaDb(@TempDir Path data) throws ManagedProcessException {
        mariaDb = EmbeddedMariaDb.start(data);
    }

    @AfterAll
    static void stopMariaDb() throws ManagedProcessException {
        mariaDb.close();
    }

    @Override
    String url() {
        return mariaDb.url();
    }

    @Override
    String endlessQuery() {
        return "select sleep(3600)";
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
        String url = "mariadb://root:any%40thing@127.0.0.1:" + mariaDb.port() + "/test?useCompression=true";
        try (TestDatabase started = TestDatabase.start(TestDatabase.url(url))) {
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
    void runsAgainWhatReadAnOlderState() {
        AtomicInteger runs = new AtomicInteger();

        int counted = await(database.inTransaction(TransactionOptions.defaults().withAttempts(2), handle -> {
            handle.execute("set session innodb_snapshot_isolation = on");
            int count = handle.attach(Items.class).count();
            if (runs.incrementAndGet() == 1) {
                Jdbi.create(url()).useHandle(rival -> rival.execute("insert into item values (1, 'rival')"));
            }
            handle.execute("update item set title = 'ours'");
            return count;
        }));

        assertThat(runs).hasValue(2);
        assertThat(counted).isEqualTo(1);
    }

    @Test
    void survivesARestartOfTheDatabase() throws ManagedProcessException {
        try (TestDatabase started = TestDatabase.start(
                TestDatabase.url(url()), "channels.database { threads = 2, connection-timeout = 1s }")) {
            await(started.database.useHandle(handle -> handle.execute("insert into item values (1, 'kept')")));

            mariaDb.close();
            Throwable whileDown = failure(started.database.withHandle(handle -> handle.execute("select 1")));
            mariaDb.start();
            int kept = await(started.database.withExtension(Items.class, Items::count));

            assertThat(whileDown).isInstanceOf(JdbiException.class);
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
        return other.withHandle(handle -> handle.select("select variable_value from information_schema.global_status"
                        + " where variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS'")
                .mapTo(int.class)
                .one());
    }
}
