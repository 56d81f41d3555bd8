package org.pekkochannels.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** With nothing but JDBC: the same statements. */
record JdbcStore(DataSource source) implements MessageStore {
    private static final String INSERT = "INSERT INTO message(room, body) VALUES (?, ?)";
    private static final String NEWEST =
            "SELECT id, room, body, created FROM message WHERE room = ? ORDER BY id DESC LIMIT 1";

    @Override
    public Saved insertAndRead(String body) {
        try (Connection connection = source.getConnection()) {
            insert(connection, body);
            return newest(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String slow(String said) {
        try (Connection connection = source.getConnection();
                PreparedStatement sleep = connection.prepareStatement("SELECT pg_sleep(0.05)");
                ResultSet slept = sleep.executeQuery()) {
            slept.next();
            return said;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void insert(Connection connection, String body) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, "bench");
            insert.setString(2, body);
            insert.executeUpdate();
        }
    }

    private static Saved newest(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(NEWEST)) {
            select.setString(1, "bench");
            try (ResultSet row = select.executeQuery()) {
                row.next();
                Messages.Row newest =
                        new Messages.Row(row.getLong(1), row.getString(2), row.getString(3), row.getTimestamp(4));
                return new Saved(newest.id());
            }
        }
    }
}
