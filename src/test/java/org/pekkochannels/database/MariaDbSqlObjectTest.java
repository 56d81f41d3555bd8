package org.pekkochannels.database;

import org.junit.jupiter.api.extension.RegisterExtension;

/** DAOs on a real MariaDB. */
final class MariaDbSqlObjectTest extends SqlObjectContract {
    @RegisterExtension
    static final SharedMariaDb MARIA_DB = new SharedMariaDb();

    @Override
    String url() {
        return MARIA_DB.url();
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
