package org.pekkochannels.database;

import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** A real MySQL, where there is one. */
@EnabledIfEnvironmentVariable(
        named = MySqlServer.VARIABLE,
        matches = MySqlServer.PATTERN,
        disabledReason = MySqlServer.ABSENT)
final class MySqlDatabaseTest extends MySqlContract {
    @Override
    String url() {
        return MySqlServer.url();
    }

    /** Not "select sleep(3600)", which ends well when it is cancelled. */
    @Override
    String endlessQuery() {
        return "select * from (select 1 union select 2) two where sleep(3600)";
    }
}
