package org.pekkochannels.database;

import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches on a real MariaDB. */
@EnabledIf("org.pekkochannels.database.EmbeddedMariaDb#isAvailable")
final class MariaDbBatchTest extends BatchContract {
    @RegisterExtension
    static final EmbeddedMariaDb MARIADB = new EmbeddedMariaDb();

    @Override
    String url() {
        return MARIADB.url();
    }

    @Override
    boolean returnsColumns() {
        return false;
    }
}
