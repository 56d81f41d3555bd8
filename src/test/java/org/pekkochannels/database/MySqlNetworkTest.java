package org.pekkochannels.database;

import org.junit.jupiter.api.extension.RegisterExtension;

/** MySQL behind a network with faults. */
final class MySqlNetworkTest extends NetworkFaultCases {
    @RegisterExtension
    static final SharedMySql MYSQL = new SharedMySql();

    @Override
    String url() {
        return MYSQL.url();
    }

    @Override
    String longQuery() {
        return "select sleep(60)";
    }

    /** Its driver leaves it to the system, whose default is two hours. */
    @Override
    int keepAliveIdleSeconds() {
        return 7200;
    }
}
