package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.Done;
import org.pekkochannels.layer.LayerUnavailableException;
import org.pekkochannels.layer.LocalChannels;

/**
 * Writes what is sent outside of transactions, reads histories and positions, and rings the readers. Has one connection and one thread; the
 * rest is thread-safe.
 *
 * <p>What waits is written by one statement, so that the more waits the less each event costs. A ring is a transaction of its own after the
 * commit: a transaction that notifies holds a lock of the whole server until it is flushed, and this one need not be.
 */
final class LogWriter implements ConnectionLoop.Work {
    /** How often a node says that it lives. */
    private static final Duration BEAT = Duration.ofSeconds(5);

    // Of PostgreSQL: a lock was not granted in time.
    private static final String LOCKED = "55P03";

    // How long events are written without numbers after a lock was not granted.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    // A connection that has been idle for so long is tried before it is used.
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final int VALIDATION_SECONDS = 5;

    private final LayerConnections connections;
    private final LogStatements statements;
    private final EventWriter writes;
    private final Directory directory;
    private final LogPresence presence;
    private final LocalChannels local;
    private final WriteQueue queue;
    private final StageCompletion completion;
    private final Retention retention;
    private final LongAdder unknown = new LongAdder();
    private final ConnectionLoop loop;
    // Until when events are written without numbers; 0 for ever since.
    private long numberAgain;

    LogWriter(
            LayerConnections connections,
            LogStatements statements,
            Directory directory,
            LogPresence presence,
            LocalChannels local,
            WriteQueue queue,
            StageCompletion completion) {
        this.connections = connections;
        this.statements = statements;
        this.writes = new EventWriter(statements);
        this.retention = new Retention(statements);
        this.directory = directory;
        this.presence = presence;
        this.local = local;
        this.queue = queue;
        this.completion = completion;
        this.loop = new ConnectionLoop("writes events", this, connections, completion);
    }

    void start() {
        loop.start("channels-layer-writer");
    }

    /** Completes when the other nodes can know of this one; fails if they cannot. */
    CompletableFuture<Done> started() {
        return loop.started();
    }

    /** Writes what waits, and ends. */
    CompletableFuture<Done> close() {
        CompletableFuture<Done> ended = loop.close();
        queue.close();
        return ended;
    }

    /** Sends and transactions of which is not known whether they were committed, because the connection was lost. */
    long unknown() {
        return unknown.sum();
    }

    /** Connections that were lost. */
    long losses() {
        return loop.losses();
    }

    ServerNumbers server() {
        return retention.server();
    }

    @Override
    public Connection connect() throws SQLException {
        return connections.writer();
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        directory.announce(connection);
        ring(connection);
        queue.up();
        presence.announce(connection); // now, so that what the reader asks for meanwhile is not lost
    }

    @Override
    public List<CompletableFuture<?>> down(LayerUnavailableException reason) {
        return queue.down(reason);
    }

    @Override
    public void serve(Connection connection) throws SQLException, InterruptedException {
        long beat = connections.ticker().read();
        long used = beat;
        retention.pause(); // after an outage, other nodes need time to say that they live
        for (WriteQueue.Work work = queue.take(BEAT); work != null; work = queue.take(BEAT)) {
            requireAlive(connection, used, work);
            write(connection, work);
            if (retention.run(connection)) {
                directory.tell(connection);
            }
            used = connections.ticker().read();
            if (used - beat > BEAT.toNanos()) {
                beat = used;
                beat(connection);
            }
        }
        directory.leave(connection);
        ring(connection);
    }

    private void beat(Connection connection) throws SQLException {
        if (!directory.beat(connection)) {
            presence.announce(connection);
        }
    }

    /** A connection that was lost while it was idle costs no event: what was about to be written waits for the next one. */
    private void requireAlive(Connection connection, long used, WriteQueue.Work work) throws SQLException {
        if (connections.ticker().read() - used > IDLE.toNanos() && !connection.isValid(VALIDATION_SECONDS)) {
            queue.again(work);
            throw new SQLException("the connection was lost while it was idle", "08006");
        }
    }

    private void write(Connection connection, WriteQueue.Work work) throws SQLException {
        boolean announced = directory.announceChanges(connection);
        boolean written = !work.events().isEmpty() && write(connection, work.events());
        if (written || announced || work.bell()) {
            ringOrRest(connection);
        }
        for (WriteQueue.Request<?> request : work.requests()) {
            answer(connection, request);
        }
    }

    private void ringOrRest(Connection connection) throws SQLException {
        if (queue.isResting()) {
            queue.ring();
            return;
        }
        long begun = connections.ticker().read();
        ring(connection);
        queue.rung(connections.ticker().read() - begun);
    }

    private void ring(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(statements.bell());
        }
    }

    private boolean write(Connection connection, List<WriteQueue.Sending> sendings) throws SQLException {
        List<WriteQueue.Sending> known = new ArrayList<>(sendings.size());
        for (WriteQueue.Sending sending : sendings) {
            if (directory.isReachable(connection, sending.event().node())) {
                known.add(sending);
            } else {
                drop(sending);
            }
        }
        if (!known.isEmpty()) {
            commit(connection, known);
        }
        return !known.isEmpty();
    }

    /** No node has the channel: it is counted here. */
    private void drop(WriteQueue.Sending sending) {
        local.deliver(sending.event().target(), sending.event().event());
        completion.complete(() -> sending.sent().complete(Done.getInstance()));
    }

    private void commit(Connection connection, List<WriteQueue.Sending> sendings) throws SQLException {
        List<LogEvent> events = sendings.stream().map(WriteQueue.Sending::event).toList();
        try {
            commit(connection, isNumbering(), events);
            completion.complete(() -> sendings.forEach(sending -> sending.sent().complete(Done.getInstance())));
        } catch (Throwable e) {
            boolean lost = isLost(connection, e);
            unknown.add(lost ? events.size() : 0);
            LayerUnavailableException failure = connections.unavailable(e);
            completion.fail(sendings.stream().map(WriteQueue.Sending::sent).toList(), failure);
            if (lost) {
                throw e;
            }
        }
    }

    /** If a transaction that has sent to one of the groups does not end, only that group waits for its numbers. */
    private void commit(Connection connection, boolean numbered, List<LogEvent> events) throws SQLException {
        try {
            writes.commit(connection, events, numbered);
        } catch (SQLException e) {
            if (!numbered || !LOCKED.equals(e.getSQLState())) {
                throw e;
            }
            numberAgain = connections.ticker().read() + PATIENCE.toNanos();
            writes.commit(connection, events, false);
        }
    }

    private boolean isNumbering() {
        return numberAgain == 0 || connections.ticker().read() - numberAgain > 0;
    }

    private static boolean isLost(Connection connection, Throwable failure) throws SQLException {
        String state = failure instanceof SQLException sql ? sql.getSQLState() : null;
        return state == null || state.startsWith("08") || state.startsWith("57P") || connection.isClosed();
    }

    private <T> void answer(Connection connection, WriteQueue.Request<T> request) throws SQLException {
        try {
            T result = request.reading().read(connection);
            completion.complete(() -> request.result().complete(result));
        } catch (Throwable e) {
            LayerUnavailableException failure = connections.unavailable(e);
            completion.complete(() -> request.result().completeExceptionally(failure));
            if (isLost(connection, e)) {
                throw e;
            }
        }
    }
}
