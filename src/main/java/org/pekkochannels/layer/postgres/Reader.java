package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LayerUnavailableException;

/**
 * Reads the log and delivers it. Has one connection, on which it also hears the bells, and one thread.
 *
 * <p>It reads at each bell, and every {@value #POLL_MILLIS} ms in case that a bell is missing, because a process has ended between a commit
 * and its bell. What it reads is exact whatever the order of commits: the rows of transactions that were running, or had not begun, when the
 * last snapshot was taken, and are visible now.
 */
final class Reader implements Runnable {
    /** How long the reader waits for a bell. */
    static final int POLL_MILLIS = 250;

    private static final SafeLog LOG = SafeLog.of(Reader.class);
    private static final String ONE_SNAPSHOT = "begin isolation level repeatable read read only";

    // What one read takes into memory: at most 8 KiB each.
    private static final int ROWS = 1000;

    private final LayerConnections connections;
    private final LogStatements statements;
    private final Delivery delivery;
    private final Joins joins;
    private final Directory directory;
    private final String node;
    private final Begins begins;
    private final Stages stages;
    private final CompletableFuture<Done> started = new CompletableFuture<>();
    private final CompletableFuture<Done> ended = new CompletableFuture<>();
    private @Nullable LogCursor cursor;
    private volatile boolean closed;

    /** Begins the histories of groups, elsewhere, and rings then. */
    interface Begins {
        void begin(List<GroupName> groups);
    }

    Reader(
            LayerConnections connections,
            LogStatements statements,
            Delivery delivery,
            Joins joins,
            Directory directory,
            String node,
            Begins begins,
            Stages stages) {
        this.connections = connections;
        this.statements = statements;
        this.delivery = delivery;
        this.joins = joins;
        this.directory = directory;
        this.node = node;
        this.begins = begins;
        this.stages = stages;
    }

    /** Completes when this node reads the log; fails if it cannot. */
    CompletableFuture<Done> started() {
        return started;
    }

    /** Ends at the next bell, or the next poll. */
    CompletableFuture<Done> close() {
        closed = true;
        return ended;
    }

    @Override
    public void run() {
        Backoff backoff = new Backoff();
        while (!attempt(backoff) && backoff.pause()) {
            LOG.debug("channels.layer: the reader connects again");
        }
        ended.complete(Done.getInstance());
    }

    /** Serves one connection until it is lost; returns whether the reader ends. */
    private boolean attempt(Backoff backoff) {
        boolean ready = false;
        try (Connection connection = connections.reader()) {
            Bells bells = listen(connection);
            directory.refresh(connection);
            joins.up();
            backoff.reset();
            ready = true;
            stages.complete(() -> started.complete(Done.getInstance()));
            serve(connection, bells);
            return true;
        } catch (Throwable e) { // whatever it is, the next connection may work
            if (!ready || closed) {
                fail(e);
            }
            return closed;
        }
    }

    private void fail(Throwable reason) {
        LOG.debug("channels.layer: the reader's connection failed", reason);
        LayerUnavailableException failure = connections.unavailable(reason);
        List<CompletableFuture<?>> failing = joins.down(failure);
        failing.add(started);
        stages.fail(failing, failure);
    }

    /** Hears the bells from before the first read on. */
    private Bells listen(Connection connection) throws SQLException {
        Bells bells = Bells.listen(connection, statements.listen());
        if (cursor == null) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(statements.snapshot())) {
                row.next();
                cursor = LogCursor.of(row.getString(1));
            }
        }
        return bells;
    }

    private void serve(Connection connection, Bells bells) throws SQLException {
        while (!closed) {
            if (joins.isEmpty()) {
                read(connection);
            } else {
                readAndJoin(connection);
            }
            bells.await(POLL_MILLIS);
        }
    }

    private void read(Connection connection) throws SQLException {
        while (!readOnce(connection)) {
            LOG.debug("channels.layer: reads again");
        }
    }

    /** Reads what is new. Returns false if it has to be read again, because some of it had no number. */
    private boolean readOnce(Connection connection) throws SQLException {
        Batch batch = Batch.read(connection, statements.read(ROWS), cursor(), node);
        if (batch.rows().size() == ROWS) {
            readBacklog(connection);
            return false;
        }
        if (batch.hasUnnumbered()) {
            number(connection);
            return false;
        }
        delivery.deliver(connection, batch.rows());
        cursor = batch.next();
        return true;
    }

    private LogCursor cursor() {
        return requireNonNull(cursor, "the first read follows the first snapshot");
    }

    /** Many rows, in one snapshot and a few at a time. */
    private void readBacklog(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement statement = Batch.prepare(connection, statements.read(0), cursor(), node)) {
            statement.setFetchSize(ROWS);
            LogCursor next = cursor();
            try (ResultSet rows = statement.executeQuery()) {
                List<LogRow> page = new ArrayList<>(ROWS);
                while (rows.next()) {
                    next = LogCursor.of(rows.getString("snap"));
                    add(page, rows);
                    if (page.size() == ROWS) {
                        delivery.deliver(connection, page);
                        page.clear();
                    }
                }
                delivery.deliver(connection, page);
            }
            cursor = next;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
        number(connection);
    }

    private static void add(List<LogRow> page, ResultSet rows) throws SQLException {
        LogRow row = new LogRow(rows);
        if (row.id != 0 && !row.isUnnumbered()) { // they appear again when they are numbered
            page.add(row);
        }
    }

    private void number(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(statements.lockNumbering());
            statement.execute(statements.number());
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Reads what is new and the histories in one snapshot, so that nothing falls between the two. */
    private void readAndJoin(Connection connection) throws SQLException {
        Joins.Served served;
        do {
            read(connection); // usually nothing is left for the snapshot that follows
            served = join(connection);
        } while (served == null);
        List<Runnable> completions = served.stages();
        stages.complete(() -> completions.forEach(Runnable::run));
        if (!served.unknown().isEmpty()) {
            begins.begin(served.unknown());
        }
    }

    /** Null if there is more to read first. */
    private Joins.@Nullable Served join(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(ONE_SNAPSHOT);
            try {
                Batch batch = Batch.read(connection, statements.read(ROWS), cursor(), node);
                if (batch.rows().size() == ROWS || batch.hasUnnumbered()) {
                    return null;
                }
                delivery.deliver(connection, batch.rows());
                cursor = batch.next();
                return joins.serve(connection);
            } finally {
                statement.execute("rollback");
            }
        }
    }
}
