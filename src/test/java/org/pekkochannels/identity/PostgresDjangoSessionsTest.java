package org.pekkochannels.identity;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedPostgreSql;

/** A Django site in a real database. */
final class PostgresDjangoSessionsTest extends DjangoSessionsContract {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    @Override
    String url() {
        return SERVER.url();
    }

    @Override
    String dateType() {
        return "timestamp with time zone";
    }
}
