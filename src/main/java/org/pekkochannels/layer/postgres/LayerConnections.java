package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.layer.LayerUnavailableException;

/** Opens the two connections of a node, outside of every pool, and checks what they lead to. Thread-safe. */
final class LayerConnections {
    private final DataSource writers;
    private final DataSource readers;
    private final Schema schema;
    private final Duration sendTimeout;

    /**
     * The sources of connections.
     *
     * @param writers for the writer
     * @param readers for the reader, which needs a session of its own: not behind a pooler
     * @param schema is checked at each connection
     * @param sendTimeout how long a statement may wait for the server
     */
    LayerConnections(DataSource writers, DataSource readers, Schema schema, Duration sendTimeout) {
        this.writers = writers;
        this.readers = readers;
        this.schema = schema;
        this.sendTimeout = sendTimeout;
    }

    Ticker ticker() {
        return Ticker.SYSTEM;
    }

    Connection writer() throws SQLException {
        return checked(writers.getConnection());
    }

    Connection reader() throws SQLException {
        Connection connection = checked(readers.getConnection());
        try (Statement statement = connection.createStatement()) {
            // The log's table is empty at first, and plans are kept.
            statement.execute("set enable_seqscan = off");
            return connection;
        } catch (Throwable e) {
            connection.close();
            throw e;
        }
    }

    private Connection checked(Connection connection) throws SQLException {
        try {
            connection.setNetworkTimeout(Runnable::run, (int) sendTimeout.toMillis());
            schema.require(connection);
            return connection;
        } catch (Throwable e) {
            connection.close();
            throw e;
        }
    }

    /** What a stage fails with. */
    LayerUnavailableException unavailable(Throwable reason) {
        return reason instanceof LayerUnavailableException known
                ? known
                : new LayerUnavailableException(
                        "channels.layer cannot use the database " + writers + ": " + reason.getMessage()
                                + "; it connects again by itself",
                        reason);
    }
}
