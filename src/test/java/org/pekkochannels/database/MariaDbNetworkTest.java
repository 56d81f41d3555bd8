package org.pekkochannels.database;

import org.junit.jupiter.api.extension.RegisterExtension;

/** MariaDB behind a network with faults. */
final class MariaDbNetworkTest extends NetworkFaultCases {
    @RegisterExtension
    static final SharedMariaDb MARIADB = new SharedMariaDb();

    @Override
    String url() {
        return MARIADB.url();
    }

    @Override
    String longQuery() {
        return "select sleep(60)";
    }
}
