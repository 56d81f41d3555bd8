package org.pekkochannels.database;

import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches on a real MariaDB. */
final class MariaDbBatchTest extends BatchContract {
    @RegisterExtension
    static final SharedMariaDb MARIA_DB = new SharedMariaDb();

    @Override
    String url() {
        return MARIA_DB.url();
    }

    @Override
    boolean returnsColumns() {
        return false;
    }
}
