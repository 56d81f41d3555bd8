package org.pekkochannels.database;

import org.junit.jupiter.api.extension.RegisterExtension;

/** PostgreSQL behind a network with faults. */
final class PostgresNetworkTest extends NetworkFaultCases {
    @RegisterExtension
    static final SharedPostgreSql POSTGRES = new SharedPostgreSql();

    @Override
    String url() {
        return POSTGRES.url();
    }

    @Override
    String longQuery() {
        return "select pg_sleep(60)";
    }
}
