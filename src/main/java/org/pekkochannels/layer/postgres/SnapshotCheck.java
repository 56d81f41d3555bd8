package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.pekkochannels.layer.LayerUnavailableException;

/**
 * Whether a server's snapshots tell which transactions are running. The reader's cursor depends on it: a server that speaks PostgreSQL's
 * protocol and answers otherwise would lose the events of late commits, without an error.
 */
final class SnapshotCheck {
    private static final String RUNNING = "select pg_current_xact_id()::text";
    private static final String SEES = "select pg_visible_in_snapshot('%s'::text::xid8, pg_current_snapshot())";

    private SnapshotCheck() {}

    /**
     * Begins a transaction on one connection and looks for it with another one, before and after its end.
     *
     * @param writing to the same database as {@code reading}; neither is in a transaction
     * @throws LayerUnavailableException if the snapshots cannot be relied on
     */
    static void require(Connection writing, Connection reading) throws SQLException {
        writing.setAutoCommit(false);
        try {
            String sees = SEES.formatted(text(writing, RUNNING));
            boolean early = text(reading, sees).equals("t");
            writing.commit();
            if (early || !text(reading, sees).equals("t")) {
                throw new LayerUnavailableException(
                        "channels.layer needs a primary server of PostgreSQL 13 or later: the snapshots of this one"
                                + " (pg_current_snapshot) do not tell which transactions are running; use"
                                + " channels.layer.type = cluster, or set channels.layer.postgres.url to a PostgreSQL"
                                + " server",
                        null);
            }
        } finally {
            writing.rollback();
            writing.setAutoCommit(true);
        }
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
