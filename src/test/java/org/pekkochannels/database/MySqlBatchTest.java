package org.pekkochannels.database;

import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Batches on a real MySQL, where there is one. */
@EnabledIfEnvironmentVariable(
        named = MySqlServer.VARIABLE,
        matches = MySqlServer.PATTERN,
        disabledReason = MySqlServer.ABSENT)
final class MySqlBatchTest extends BatchContract {
    @Override
    String url() {
        return MySqlServer.url();
    }

    @Override
    boolean returnsColumns() {
        return false;
    }
}
