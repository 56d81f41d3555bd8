package org.pekkochannels.identity;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedMySql;

/** Sessions in a real MySQL. */
final class MySqlSessionStoreTest extends SessionStoreContract {
    @RegisterExtension
    static final SharedMySql SERVER = new SharedMySql();

    @Override
    String url() {
        return SERVER.url();
    }
}
