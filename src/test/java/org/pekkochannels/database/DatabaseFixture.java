package org.pekkochannels.database;

import static org.pekkochannels.database.TestDatabase.await;

import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A database of one thread, with one table, which must end with nothing left open. */
abstract class DatabaseFixture {
    /** A row. */
    public record Item(int itemId, String title) {}

    /** A DAO. */
    public interface Items {
        /** Adds one. */
        @SqlUpdate("insert into item (item_id, title) values (:id, :title)")
        void add(int id, String title);

        /** Counts all. */
        @SqlQuery("select count(*) from item")
        int count();
    }

    TestDatabase started;
    Database database;

    /** A JDBC URL. */
    abstract String url();

    @BeforeEach
    void start() {
        started = TestDatabase.start(TestDatabase.url(url()), "channels.database.threads = 1");
        database = started.database;
        await(database.useHandle(handle -> {
            handle.execute("drop table if exists item");
            // The check is for SQLite, which takes texts of any length.
            handle.execute(
                    "create table item (item_id int primary key," + " title varchar(50) check (length(title) <= 50))");
        }));
    }

    @AfterEach
    void stop() {
        TestDatabase.assertNothingLeft(database);
        started.close();
    }

    int countItems() {
        return await(database.withExtension(Items.class, Items::count));
    }
}
