package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What one read of the log has found. Immutable.
 *
 * @param rows ordered by their ids
 * @param next the cursor for the next read
 */
record LogBatch(List<LogRow> rows, LogCursor next) {
    static LogBatch read(Connection connection, String sql, LogCursor cursor, String node) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, cursor, node);
                ResultSet found = statement.executeQuery()) {
            List<LogRow> rows = new ArrayList<>();
            LogCursor next = cursor;
            while (found.next()) {
                next = found.isFirst() ? LogCursor.of(found.getString("snap")) : next;
                if (found.getLong("id") != 0) {
                    rows.add(new LogRow(found));
                }
            }
            return new LogBatch(rows, next);
        }
    }

    static PreparedStatement prepare(Connection connection, String sql, LogCursor cursor, String node)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setString(1, cursor.running());
        statement.setString(2, cursor.next());
        statement.setString(3, node);
        return statement;
    }

    boolean hasUnnumbered() {
        return rows.stream().anyMatch(LogRow::isUnnumbered);
    }
}
