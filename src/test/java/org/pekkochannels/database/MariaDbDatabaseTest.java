package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real MariaDB. */
final class MariaDbDatabaseTest extends MySqlContract {
    @RegisterExtension
    static final SharedMariaDb MARIA_DB = new SharedMariaDb();

    @Override
    String url() {
        return MARIA_DB.url();
    }

    @Test
    void startsFromTheUrlThatPlatformsGive() {
        String url = "mariadb://root:any%40thing@127.0.0.1:" + MARIA_DB.server().port() + "/test?useCompression=true";
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
    void survivesARestartOfTheDatabase() throws IOException {
        try (TestDatabase started = TestDatabase.start(
                TestDatabase.url(url()), "channels.database { threads = 2, connection-timeout = 1s }")) {
            await(started.database.useHandle(handle -> handle.execute("insert into item values (1, 'kept')")));

            Throwable whileDown = MARIA_DB.server()
                    .whileStopped(() -> failure(started.database.withHandle(handle -> handle.execute("select 1"))));
            int kept = await(started.database.withExtension(Items.class, Items::count));

            assertThat(whileDown).isInstanceOf(JdbiException.class);
            assertThat(kept).isEqualTo(1);
        }
    }
}
