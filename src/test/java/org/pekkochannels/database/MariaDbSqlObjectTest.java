package org.pekkochannels.database;

import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** DAOs on a real MariaDB. */
@EnabledIf("org.pekkochannels.database.EmbeddedMariaDb#isAvailable")
final class MariaDbSqlObjectTest extends SqlObjectContract {
    @RegisterExtension
    static final EmbeddedMariaDb MARIADB = new EmbeddedMariaDb();

    @Override
    String url() {
        return MARIADB.url();
    }

    @Override
    Class<? extends Notes> notes() {
        return ReturningNotes.class;
    }

    @Override
    String numbered() {
        return "bigint auto_increment primary key";
    }
}
