package org.pekkochannels.layer.postgres;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedPostgreSql;

/** The contract on the newest PostgreSQL. */
final class PostgresLayerTest extends PostgresLayerContract {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    @Override
    PostgresNodes nodes() {
        return new PostgresNodes(SERVER.platformUrl());
    }

    @Override
    String url() {
        return SERVER.url();
    }
}
