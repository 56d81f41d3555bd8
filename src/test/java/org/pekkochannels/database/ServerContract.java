package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.database.jdbc.ConnectionBudget;

/** What must hold beside on every database that is a server, whose connections are counted and may be lost. */
abstract class ServerContract extends DatabaseContract {
    /** Ends the connection that runs it. */
    abstract String endOfItsConnection();

    /** A pattern of how the connections are counted, whose group 1 is how many there are for clients. */
    abstract String arithmetic();

    @Test
    void warnsOfMoreThreadsThanTheServerHasConnections() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url())) {
            assertThat(ConnectionBudget.warning(connection, "channels.database", 4000, 0))
                    .hasValueSatisfying(warning -> assertThat(warning)
                            .contains("channels.database.threads is 4000")
                            .containsPattern(arithmetic()));
            assertThat(ConnectionBudget.warning(connection, "channels.database", 5, 0))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void boundsTheWaitForALockOutsideOfOurTransactions(boolean autocommit) {
        await(database.useHandle(handle -> handle.execute("insert into item values (1, 'ink')")));
        try (TestDatabase bounded =
                        TestDatabase.start(TestDatabase.url(url()), "channels.database.lock-timeout = 100ms");
                Handle rival = Jdbi.open(url())) {
            rival.begin().execute("delete from item");

            Throwable late = failure(bounded.database.useHandle(handle -> {
                if (autocommit) {
                    handle.execute("delete from item");
                } else {
                    handle.useTransaction(inside -> inside.execute("delete from item"));
                }
            }));

            assertThat(late).isInstanceOf(DatabaseTimeoutException.class).hasMessageContaining("wait for a lock");
            rival.rollback();
        }
    }

    @Test
    void warnsOfThemWhenItStarts() {
        try (RecordedLog log = new RecordedLog(ConnectionPool.class.getName())) {
            TestDatabase.start(TestDatabase.url(url()), "channels.database.threads = 1000")
                    .close();
            TestDatabase.start(TestDatabase.url(url()), "channels.database.threads = 5")
                    .close();

            assertThat(log.soFar("")).singleElement().asString().contains("channels.database.threads is 1000");
        }
    }

    @Test
    void closesTheHandleWhenTheConnectionDied() {
        Throwable failure = failure(database.inTransaction(handle -> {
            handle.execute("insert into item values (1, 'ink')");
            return handle.execute(endOfItsConnection());
        }));

        assertThat(failure).isInstanceOf(JdbiException.class);
        TestDatabase.assertNothingLeft(database);
        assertThat(countItems()).isZero();
    }
}
