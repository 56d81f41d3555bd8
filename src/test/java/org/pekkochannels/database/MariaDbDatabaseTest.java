package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
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

    @Override
    String platformUrl() {
        return "mariadb://root:any%40thing@127.0.0.1:" + MARIA_DB.server().port() + "/test?useCompression=true";
    }

    @Override
    <T> T whileStopped(Supplier<T> task) throws IOException {
        return MARIA_DB.server().whileStopped(task);
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
}
