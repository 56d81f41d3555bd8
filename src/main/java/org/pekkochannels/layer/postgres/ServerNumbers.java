package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What the server says about itself, read now and then. Immutable.
 *
 * @param rows events in the log, estimated
 * @param oldestSeconds how long the oldest open transaction that has written has been open, as far as the role may see it
 */
record ServerNumbers(double rows, double oldestSeconds) {
    static final ServerNumbers NONE = new ServerNumbers(0, 0);

    static ServerNumbers read(Connection connection, LogStatements statements) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(statements.numbers())) {
            row.next();
            return new ServerNumbers(Math.max(0, row.getDouble(1)), row.getDouble(2));
        }
    }
}
