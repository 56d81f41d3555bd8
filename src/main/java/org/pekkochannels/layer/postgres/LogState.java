package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Which server has written the log. A log that was restored on another server, or whose server was replaced by a standby, may lack its
 * newest events, and its numbers would be given again: it is emptied, and all histories start again. Immutable and thread-safe.
 */
final class LogState {
    private static final SafeLog LOG = SafeLog.of(LogState.class);

    // The identifier is that of the cluster of databases, the timeline changes with each promotion of a standby.
    private static final String SERVER = "(select system_identifier::text from pg_control_system()) || '/'"
            + " || left(pg_walfile_name(pg_current_wal_lsn()), 8)";

    private final String state;
    private final String events;
    private final String groups;

    LogState(String schema) {
        this.state = '"' + schema + "\".channels_state";
        this.events = '"' + schema + "\".channels_event";
        this.groups = '"' + schema + "\".channels_group";
    }

    /** The name of the log as it is now: another one if it was emptied. */
    String incarnation(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select incarnation, server = " + SERVER + " as same from " + state)) {
            row.next();
            if (row.getBoolean("same")) {
                return row.getString("incarnation");
            }
        }
        take(connection);
        return incarnation(connection);
    }

    /** The first node that sees the new server empties the log; the others find it done. */
    private void take(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            boolean first = isNew(statement);
            if (isOther(statement)) {
                statement.execute("delete from " + events);
                statement.execute("delete from " + groups);
                statement.execute("update " + state + " set server = " + SERVER
                        + ", incarnation = gen_random_uuid()::text, pruned = pg_current_snapshot()");
            }
            connection.commit();
            if (!first) {
                LOG.warn("channels.layer: the server of the log was restored or replaced; the log is emptied, and all"
                        + " consumers are told that events may be missing");
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private boolean isNew(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select server = '' from " + state + " for update")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private boolean isOther(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select server <> " + SERVER + " from " + state)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
