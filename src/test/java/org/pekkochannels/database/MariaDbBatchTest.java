package org.pekkochannels.database;

import ch.vorburger.exec.ManagedProcessException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Batches on a real MariaDB. */
@EnabledIf("org.pekkochannels.database.EmbeddedMariaDb#isAvailable")
final class MariaDbBatchTest extends BatchContract {
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
    boolean returnsColumns() {
        return false;
    }
}
