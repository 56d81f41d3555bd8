package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.Done;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LayerUnavailableException;

/**
 * Reads the log and delivers it. Has one connection, on which it also receives notifications, and one thread.
 *
 * <p>It reads at each bell, and every {@value #POLL_MILLIS} ms in case that a bell is missing, because a process has ended between a commit
 * and its bell.
 */
final class LogReader implements Runnable {
    /** How long the reader waits for a bell. */
    static final int POLL_MILLIS = 250;

    // A node that is behind for so long is not ready for clients.
    private static final Duration LATE = Duration.ofSeconds(5);

    private static final SafeLog LOG = SafeLog.of(LogReader.class);

    private final LayerConnections connections;
    private final LogStatements statements;
    private final Feed feed;
    private final JoinQueue joins;
    private final Begins begins;
    private final StageCompletion completion;
    private final CompletableFuture<Done> started = new CompletableFuture<>();
    private final CompletableFuture<Done> ended = new CompletableFuture<>();
    private final LongAdder losses = new LongAdder();
    private boolean failing;
    private volatile boolean closed;

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
    }

    /** Completes when this node reads the log; fails if it cannot. */
    CompletableFuture<Done> started() {
        return started;
    }

    /** Fails while this node does not read the log. */
    CompletionStage<Done> ready() {
        long lag = lagNanos();
        if (started.isDone() && lag < LATE.toNanos()) {
            return started;
        }
        return CompletableFuture.failedFuture(new LayerUnavailableException(
                "channels.layer has not read the events of the database for " + TimeUnit.NANOSECONDS.toSeconds(lag)
                        + " s",
                null));
    }

    /** Ends at the next bell, or the next poll. */
    CompletableFuture<Done> close() {
        closed = true;
        return ended;
    }

    /** Connections that were lost. */
    long losses() {
        return losses.sum();
    }

    /** How long ago this node had read all that was visible. */
    long lagNanos() {
        return feed.lagNanos();
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
            NotificationListener listener = begin(connection);
            joins.up();
            backoff.reset();
            ready = true;
            failing = false;
            completion.complete(() -> started.complete(Done.getInstance()));
            serve(connection, listener);
            return true;
        } catch (Throwable e) { // whatever it is, the next connection may work
            if (ready && !closed) {
                losses.increment();
                LOG.warn("channels.layer: the connection that reads events was lost: {}", e.getMessage());
            } else {
                fail(e);
            }
            return closed;
        }
    }

    private void fail(Throwable reason) {
        if (!failing && !closed) {
            failing = true;
            LOG.warn("channels.layer: no connection that reads events: {}; it is tried again", reason.getMessage());
        }
        LayerUnavailableException failure = connections.unavailable(reason);
        List<CompletableFuture<?>> waiting = joins.down(failure);
        waiting.add(started);
        completion.fail(waiting, failure);
    }

    /** Receives notifications from before the first read on. */
    private NotificationListener begin(Connection connection) throws SQLException {
        NotificationListener listener = NotificationListener.listen(connection, statements);
        feed.begin(connection, connections.incarnation(connection));
        return listener;
    }

    private void serve(Connection connection, NotificationListener listener) throws SQLException {
        while (!closed) {
            if (joins.isEmpty()) {
                feed.read(connection);
            } else {
                join(feed.readAndJoin(connection, joins));
            }
            listener.await(POLL_MILLIS);
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
