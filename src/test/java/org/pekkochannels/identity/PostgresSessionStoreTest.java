package org.pekkochannels.identity;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedPostgreSql;

/** Sessions in a real PostgreSQL. */
final class PostgresSessionStoreTest extends SessionStoreContract {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    @Override
    String url() {
        return SERVER.url();
    }
}
