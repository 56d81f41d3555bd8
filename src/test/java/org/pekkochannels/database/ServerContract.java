package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.failure;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;

/** What must hold beside on every database that is a server, whose connections are counted and may be lost. */
abstract class ServerContract extends DatabaseContract {
    /** Ends the connection that runs it. */
    abstract String endOfItsConnection();

    /** A pattern of how the connections are counted, whose group 1 is how many there are for clients. */
    abstract String arithmetic();

    @Test
    void warnsOfMoreThreadsThanTheServerHasConnections() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url())) {
            assertThat(ConnectionBudget.warning(connection, "channels.database", 4000))
                    .hasValueSatisfying(warning -> assertThat(warning)
                            .contains("channels.database.threads is 4000")
                            .containsPattern(arithmetic()));
            assertThat(ConnectionBudget.warning(connection, "channels.database", 5))
                    .isEmpty();
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
