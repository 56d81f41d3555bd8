package org.pekkochannels.database;

import java.util.List;
import java.util.Map;

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

    @Override
    Map<String, String> sessionChanges() {
        return Map.of(
                "set @kept = 1", "select @kept as v",
                "set schema information_schema", "select schema() as v",
                "create local temporary table left_over (id int)",
                        "select count(*) as v from information_schema.tables where table_name = 'left_over'");
    }

    @Override
    List<String> harmless() {
        return List.of(
                "create table lasting (id int); drop table lasting",
                "create local temporary table x (id int); drop table x");
    }
}
