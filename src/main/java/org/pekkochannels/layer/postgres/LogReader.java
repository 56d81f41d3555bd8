package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LayerUnavailableException;

/**
 * Reads the log and delivers it. Has one connection, on which it also receives notifications, and one thread.
 *
 * <p>It reads at each bell, and every {@value #POLL_MILLIS} ms in case that a bell is missing, because a process has ended between a commit
 * and its bell.
 */
final class LogReader implements ConnectionLoop.Work {
    /** How long the reader waits for a bell. */
    static final int POLL_MILLIS = 250;

    // A node that is behind for so long is not ready for clients.
    private static final Duration LATE = Duration.ofSeconds(5);

    private final LayerConnections connections;
    private final LogStatements statements;
    private final Feed feed;
    private final JoinQueue joins;
    private final Begins begins;
    private final StageCompletion completion;
    private final ConnectionLoop loop;
    private @Nullable NotificationListener listener;

    /** Begins the histories of groups, elsewhere, and rings then. */
    interface Begins {
        void begin(List<GroupName> groups);
    }

    LogReader(
            LayerConnections connections,
            LogStatements statements,
            Feed feed,
            JoinQueue joins,
            Begins begins,
            StageCompletion completion) {
        this.connections = connections;
        this.statements = statements;
        this.feed = feed;
        this.joins = joins;
        this.begins = begins;
        this.completion = completion;
        this.loop = new ConnectionLoop("reads events", this, connections, completion);
    }

    void start() {
        loop.start("channels-layer-reader");
    }

    /** Completes when this node reads the log; fails if it cannot. */
    CompletableFuture<Done> started() {
        return loop.started();
    }

    /** Fails while this node does not read the log. */
    CompletionStage<Done> ready() {
        long lag = lagNanos();
        if (started().isDone() && lag < LATE.toNanos()) {
            return started();
        }
        return CompletableFuture.failedFuture(new LayerUnavailableException(
                "channels.layer has not read the events of the database for " + TimeUnit.NANOSECONDS.toSeconds(lag)
                        + " s",
                null));
    }

    /** Ends at the next bell, or the next poll. */
    CompletableFuture<Done> close() {
        return loop.close();
    }

    /** Connections that were lost. */
    long losses() {
        return loop.losses();
    }

    /** How long ago this node had read all that was visible. */
    long lagNanos() {
        return feed.lagNanos();
    }

    @Override
    public Connection connect() throws SQLException {
        return connections.reader();
    }

    /** Receives notifications from before the first read on. */
    @Override
    public void begin(Connection connection) throws SQLException {
        listener = NotificationListener.listen(connection, statements);
        connections.requireSnapshots(connection);
        feed.begin(connection, connections.incarnation(connection));
        joins.up();
    }

    @Override
    public List<CompletableFuture<?>> down(LayerUnavailableException reason) {
        return joins.down(reason);
    }

    @Override
    public void serve(Connection connection) throws SQLException {
        NotificationListener bell = requireNonNull(listener, "a connection begins before it serves");
        while (!loop.isClosed()) {
            if (joins.isEmpty()) {
                feed.read(connection);
            } else {
                join(feed.readAndJoin(connection, joins));
            }
            bell.await(POLL_MILLIS);
        }
    }

    private void join(JoinQueue.Served served) {
        List<Runnable> completions = served.stages();
        completion.complete(() -> completions.forEach(Runnable::run));
        if (!served.unknown().isEmpty()) {
            begins.begin(served.unknown());
        }
    }
}
