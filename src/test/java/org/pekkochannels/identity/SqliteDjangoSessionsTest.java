package org.pekkochannels.identity;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A Django site in a file of SQLite, as during its development. */
final class SqliteDjangoSessionsTest extends DjangoSessionsContract {
    @TempDir
    static Path directory;

    @Override
    String url() {
        return "jdbc:sqlite:" + directory.resolve("site.db");
    }

    @Override
    String dateType() {
        return "datetime";
    }
}
