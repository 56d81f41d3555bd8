package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import ch.vorburger.exec.ManagedProcessException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real MariaDB. */
@EnabledIf("org.pekkochannels.database.EmbeddedMariaDb#isAvailable")
final class MariaDbDatabaseTest extends MySqlContract {
    @RegisterExtension
    static final EmbeddedMariaDb MARIADB = new EmbeddedMariaDb();

    @Override
    String url() {
        return MARIADB.url();
    }

    @Test
    void startsFromTheUrlThatPlatformsGive() {
        String url = "mariadb://root:any%40thing@127.0.0.1:" + MARIADB.port() + "/test?useCompression=true";
        try (TestDatabase started = TestDatabase.start(TestDatabase.url(url))) {
            int two = await(started.database.withHandle(
                    handle -> handle.select("select 1 + 1").mapTo(Integer.class).one()));

            assertThat(two).isEqualTo(2);
        }
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

            MARIADB.stop();
            Throwable whileDown = failure(started.database.withHandle(handle -> handle.execute("select 1")));
            MARIADB.start();
            int kept = await(started.database.withExtension(Items.class, Items::count));

            assertThat(whileDown).isInstanceOf(JdbiException.class);
            assertThat(kept).isEqualTo(1);
        }
    }
}
