package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.database.jdbc.Pooler;
import org.pekkochannels.layer.LayerUnavailableException;

/** Opens the two connections of a node, outside of every pool, and checks what they lead to. Thread-safe. */
final class LayerConnections {
    private final DataSource writers;
    private final DataSource readers;
    private final Schema schema;
    private final LogState state;
    private final Duration sendTimeout;
    private volatile boolean snapshotsChecked;

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
        this.state = new LogState(schema.name());
        this.sendTimeout = sendTimeout;
    }

    Ticker ticker() {
        return Ticker.SYSTEM;
    }

    /** The writer keeps its plans, and waits briefly for a transaction that has numbered events and does not end. */
    Connection writer() throws SQLException {
        return prepared(writers.getConnection(), "set plan_cache_mode = force_generic_plan; set lock_timeout = 300");
    }

    /** The log's table is empty at first, and plans are kept. */
    Connection reader() throws SQLException {
        return prepared(
                readers.getConnection(),
                "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set lock_timeout = 300");
    }

    /** Fails if the snapshots of the reader's server cannot be relied on. Opens another connection for a moment. */
    void requireSnapshots(Connection reading) throws SQLException {
        if (!snapshotsChecked) {
            try (Connection writing = readers.getConnection()) {
                SnapshotCheck.require(writing, reading);
            }
            snapshotsChecked = true;
        }
    }

    /** The name of the log, another one if it was emptied. */
    String incarnation(Connection connection) throws SQLException {
        return state.incarnation(connection);
    }

    private Connection prepared(Connection connection, String settings) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            connection.setNetworkTimeout(Runnable::run, (int) sendTimeout.toMillis());
            schema.require(connection);
            if (!Pooler.isBetween(connection)) { // there, others would get the settings
                statement.execute(settings);
            }
            return connection;
        } catch (Throwable e) {
            connection.close();
            throw e;
        }
    }

    private String databases() {
        String writing = writers.toString();
        String reading = readers.toString();
        return writing.equals(reading) ? writing : writing + " (listen-url: " + reading + ")";
    }

    /** What a stage fails with. */
    LayerUnavailableException unavailable(Throwable reason) {
        return reason instanceof LayerUnavailableException known
                ? known
                : new LayerUnavailableException(
                        "channels.layer cannot use the database " + databases() + ": " + reason.getMessage()
                                + "; it connects again by itself",
                        reason);
    }
}
