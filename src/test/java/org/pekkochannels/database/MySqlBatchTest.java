package org.pekkochannels.database;

import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches on a real MySQL. */
final class MySqlBatchTest extends BatchContract {
    @RegisterExtension
    static final SharedMySql MYSQL = new SharedMySql();

    @Override
    String url() {
        return MYSQL.url();
    }

    @Override
    boolean returnsColumns() {
        return false;
    }
}
