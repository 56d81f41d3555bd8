package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.LocalChannels;

/**
 * How far this node has read the log. Outlives connections. Confined to the reader's thread, but for its lag.
 *
 * <p>What it reads is exact whatever the order of commits: the rows of transactions that were running, or had not begun, when the last snapshot
 * was taken, and are visible now.
 */
final class Feed {
    // What one read takes into memory: at most 8 KiB each.
    private static final int ROWS = 1000;

    // Rows without history are deleted after 5 minutes.
    private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(290);
    private static final Gap ANY = new Gap(Set.of());
    private static final String LOCKED = "55P03";
    private static final String ONE_SNAPSHOT = "begin isolation level repeatable read read only";

    private final LogStatements statements;
    private final Delivery delivery;
    private final LocalChannels local;
    private final RecentRows recent;
    private final Ticker ticker;
    private @Nullable LogCursor cursor;
    private String incarnation = "";
    private volatile long lastRead;
    private boolean afterLoss;
    private boolean owesNumbers;

    Feed(LogStatements statements, Delivery delivery, LocalChannels local, Ticker ticker) {
        this.statements = statements;
        this.delivery = delivery;
        this.local = local;
        this.ticker = ticker;
        this.recent = new RecentRows(ticker);
        this.lastRead = ticker.read();
    }

    /** May be called on any thread. */
    long lagNanos() {
        return ticker.read() - lastRead;
    }

    /**
     * Goes on with a new connection.
     *
     * @param log the name of the log; another one than before if it was emptied
     */
    void begin(Connection connection, String log) throws SQLException {
        if (!incarnation.isEmpty() && !incarnation.equals(log)) {
            cursor = null;
            recent.clear();
            local.missed(ANY, 1);
        }
        incarnation = log;
        if (cursor == null) {
            cursor = LogCursor.of(texts(connection, statements.snapshot()).get(0));
            lastRead = ticker.read();
        } else {
            cursor = recent.oldest() == null ? cursor : recent.oldest();
            afterLoss = true;
        }
        delivery.refreshNodes(connection);
        delivery.missed();
    }

    private static List<String> texts(Connection connection, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    /** Delivers everything that is visible now. */
    void read(Connection connection) throws SQLException {
        if (owesNumbers) {
            owesNumbers = !number(connection);
        }
        boolean complete = readOnce(connection);
        while (!complete) {
            complete = readOnce(connection);
        }
    }

    /** Returns whether nothing is left to read at once. */
    private boolean readOnce(Connection connection) throws SQLException {
        LogBatch batch = LogBatch.read(connection, statements.read(ROWS), cursor(), delivery.node());
        if (batch.rows().size() == ROWS) {
            readBacklog(connection);
            return false;
        }
        // Numbered first, they are delivered in the order of their sends.
        if (batch.hasUnnumbered() && !owesNumbers) {
            owesNumbers = !number(connection);
            return false;
        }
        deliver(connection, batch.rows());
        advance(batch.next());
        return true;
    }

    private LogCursor cursor() {
        return requireNonNull(cursor, "the first read follows the first snapshot");
    }

    private void advance(LogCursor next) {
        long now = ticker.read();
        if (now - lastRead > LONGEST_ABSENCE.toNanos()) {
            local.missed(ANY, 1);
            delivery.missed();
        }
        lastRead = now;
        cursor = next;
        afterLoss = false;
        recent.advanced(next);
    }

    private void deliver(Connection connection, List<LogRow> rows) throws SQLException {
        List<LogRow> due =
                afterLoss ? rows.stream().filter(row -> !recent.contains(row)).toList() : rows;
        delivery.deliver(connection, due, row -> recent.add(cursor(), row));
    }

    /** Many rows, in one snapshot and a few at a time. */
    private void readBacklog(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement statement =
                LogBatch.prepare(connection, statements.read(0), cursor(), delivery.node())) {
            statement.setFetchSize(ROWS);
            LogCursor next = cursor();
            try (ResultSet rows = statement.executeQuery()) {
                List<LogRow> page = new ArrayList<>(ROWS);
                while (rows.next()) {
                    next = LogCursor.of(rows.getString("snap"));
                    page.add(new LogRow(rows));
                    if (page.size() == ROWS) {
                        deliverPage(connection, page);
                    }
                }
                deliverPage(connection, page);
            }
            advance(next);
        } finally {
            rollback(connection);
        }
    }

    /** Rows without a number appear again when they have one. */
    private void deliverPage(Connection connection, List<LogRow> page) throws SQLException {
        owesNumbers |= page.stream().anyMatch(LogRow::isUnnumbered);
        deliver(connection, page);
        page.clear();
    }

    private static void rollback(Connection connection) throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
    }

    /** Returns false if a transaction that has sent to one of the groups does not end; other groups do not wait for it. */
    private boolean number(Connection connection) throws SQLException {
        for (String name : texts(connection, statements.unbegun())) {
            inTransaction(connection, List.of("set local lock_timeout = 10", statements.begin(name)));
        }
        return inTransaction(connection, List.of(statements.lockNumbering(), statements.number()))
                && texts(connection, statements.hasUnnumbered()).contains("f");
    }

    /** Returns false if a lock was not granted in time. */
    private static boolean inTransaction(Connection connection, List<String> all) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String one : all) {
                statement.execute(one);
            }
            connection.commit();
            return true;
        } catch (SQLException e) {
            if (LOCKED.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        } finally {
            rollback(connection);
        }
    }

    /** Reads what is new and the histories in one snapshot, so that nothing falls between the two. */
    JoinQueue.Served readAndJoin(Connection connection, JoinQueue joins) throws SQLException {
        JoinQueue.Served served;
        do {
            read(connection); // usually nothing is left for the snapshot that follows
            served = join(connection, joins);
        } while (served == null);
        return served;
    }

    /** Null if there is more to read first. */
    private JoinQueue.@Nullable Served join(Connection connection, JoinQueue joins) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(ONE_SNAPSHOT);
            try {
                LogBatch batch = LogBatch.read(connection, statements.read(ROWS), cursor(), delivery.node());
                if (batch.rows().size() == ROWS || (batch.hasUnnumbered() && !owesNumbers)) {
                    return null;
                }
                deliver(connection, batch.rows());
                advance(batch.next());
                return joins.serve(connection);
            } finally {
                statement.execute("rollback");
            }
        }
    }
}
