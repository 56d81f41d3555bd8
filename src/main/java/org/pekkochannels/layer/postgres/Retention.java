package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.pekkochannels.concurrent.Ticker;

/**
 * Deletes what has expired: events, counters of groups that were not sent to for long, nodes that have not said that they live. One node at a
 * time does it, a batch at a time. Confined to the writer's thread.
 */
final class Retention {
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final int BATCH = 5000;

    private final LogStatements statements;
    private long next;
    private volatile ServerNumbers server = ServerNumbers.NONE;

    Retention(LogStatements statements) {
        this.statements = statements;
        pause();
    }

    /** Begins to wait again. */
    void pause() {
        next = Ticker.SYSTEM.read() + PAUSE.toNanos();
    }

    /** Deletes one batch if it is time for it; returns whether nodes are gone, which the others must know. */
    boolean run(Connection connection) throws SQLException {
        if (Ticker.SYSTEM.read() - next < 0) {
            return false;
        }
        if (number(connection, statements.deleteEvents(BATCH)) == BATCH) {
            return false; // the next batch follows at once, after what was sent meanwhile
        }
        pause();
        number(connection, statements.deleteGroups(BATCH));
        server = ServerNumbers.read(connection, statements);
        return number(connection, statements.deleteNodes()) > 0;
    }

    /** As read last; may be called on any thread. */
    ServerNumbers server() {
        return server;
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
