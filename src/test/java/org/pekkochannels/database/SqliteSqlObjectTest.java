package org.pekkochannels.database;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** DAOs on SQLite in a file. */
final class SqliteSqlObjectTest extends SqlObjectContract {
    @TempDir
    private Path directory;

    @Override
    String url() {
        return "jdbc:sqlite:" + directory.resolve("items.db");
    }

    @Override
    Class<? extends Notes> notes() {
        return ReturningNotes.class;
    }

    @Override
    String numbered() {
        return "integer primary key";
    }
}
