package org.pekkochannels.identity;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Sessions in a file of SQLite. */
final class SqliteSessionStoreTest extends SessionStoreContract {
    @TempDir
    static Path directory;

    @Override
    String url() {
        return "jdbc:sqlite:" + directory.resolve("sessions.db");
    }
}
