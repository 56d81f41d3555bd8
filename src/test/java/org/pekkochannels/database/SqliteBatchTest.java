package org.pekkochannels.database;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Batches on SQLite in a file. */
final class SqliteBatchTest extends BatchContract {
    @TempDir
    private Path directory;

    @Override
    String url() {
        return "jdbc:sqlite:" + directory.resolve("items.db");
    }

    @Override
    boolean returnsColumns() {
        return false;
    }
}
