package org.pekkochannels.identity;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedMariaDb;

/** Sessions in a real MariaDB. */
final class MariaDbSessionStoreTest extends SessionStoreContract {
    @RegisterExtension
    static final SharedMariaDb SERVER = new SharedMariaDb();

    @Override
    String url() {
        return SERVER.url();
    }
}
