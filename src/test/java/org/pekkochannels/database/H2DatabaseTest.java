package org.pekkochannels.database;

/** H2 in memory, in its PostgreSQL mode. */
final class H2DatabaseTest extends DatabaseContract {
    private final String url = TestDatabase.h2Url();

    @Override
    String url() {
        return url;
    }

    @Override
    boolean refusesToWriteInTransactions() {
        return false;
    }

    @Override
    boolean refusesToWriteInAutocommit() {
        return false;
    }

    @Override
    String endlessQuery() {
        return "select count(*) from system_range(1, 1000000000000) where mod(\"X\", 3) = 5";
    }
}
