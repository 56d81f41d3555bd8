package org.pekkochannels.database;

import java.io.IOException;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real MySQL, by its own driver. */
final class MySqlDatabaseTest extends MySqlContract {
    @RegisterExtension
    static final SharedMySql MYSQL = new SharedMySql();

    @Override
    String url() {
        return MYSQL.url();
    }

    @Override
    String platformUrl() {
        return MYSQL.platformUrl();
    }

    @Override
    <T> T whileStopped(Supplier<T> task) throws IOException {
        return MYSQL.whileStopped(task);
    }
}
