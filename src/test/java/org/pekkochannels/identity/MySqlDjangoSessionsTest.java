package org.pekkochannels.identity;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedMySql;

/** A Django site in a real database. */
final class MySqlDjangoSessionsTest extends DjangoSessionsContract {
    @RegisterExtension
    static final SharedMySql SERVER = new SharedMySql();

    @Override
    String url() {
        return SERVER.url();
    }

    @Override
    String dateType() {
        return "datetime(6)";
    }
}
