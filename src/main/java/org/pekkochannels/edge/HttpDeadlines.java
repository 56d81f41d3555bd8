package org.pekkochannels.edge;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.websocket.Transport;

/**
 * The deadlines of connections without a session: before the first request is complete, while plain HTTP is served (see {@link HttpClock}),
 * and after the last answer.
 *
 * <p>One map and one clock for all, instead of a timer each: most connections end early, and cancelling a scheduler's timers is expensive.
 * A connection has at most one deadline, checked at the next {@link #tick}. Thread-safe.
 */
final class HttpDeadlines {
    // As long as other servers' lingering close: enough for a client on a slow line to receive an answer.
    static final Duration LINGER = Duration.ofSeconds(2);

    private final Map<Transport, Deadline> deadlines = new ConcurrentHashMap<>();
    private final ContainedFailures failures;
    private final Ticker ticker;

    private record Deadline(long nanoTime, Runnable late) {}

    HttpDeadlines(ContainedFailures failures, Ticker ticker) {
        this.failures = failures;
        this.ticker = ticker;
    }

    /**
     * Sets or replaces a connection's deadline; the task runs on the connection's thread.
     *
     * <p>A task that the clock has passed to that thread already still runs after a later {@code set} or {@link #clear}.
     */
    void set(Transport connection, Duration time, Runnable late) {
        deadlines.put(connection, new Deadline(now() + time.toNanos(), late));
    }

    /** The connection has ended, or has met its deadline. */
    void clear(Transport connection) {
        deadlines.remove(connection);
    }

    /**
     * Ends our side, and continues to read for a while: closing with unread input would send a reset, which discards the last answer.
     *
     * @param rest the time for the remaining unsent bytes afterwards
     * @param late runs on the connection's thread if they have not left by then
     */
    void linger(Transport connection, Duration rest, Runnable late) {
        connection.shutdownOutput();
        set(connection, LINGER, () -> {
            // Still after all output, which a slow client may not have taken yet; only the input is not awaited any
            // more.
            connection.close();
            set(connection, rest, late);
        });
    }

    /** The ticker's value. */
    long now() {
        return ticker.read();
    }

    /**
     * Passes overdue tasks to their connections' threads; {@code nanoTime} is a value of the ticker. On the clock's thread, while
     * connections set and clear deadlines. So a task runs only if its deadline is still the current one when it is removed.
     */
    void tick(long nanoTime) {
        deadlines.forEach((connection, deadline) -> {
            if (nanoTime - deadline.nanoTime >= 0 && deadlines.remove(connection, deadline)) {
                failures.run(Place.TIMER, "a timer of a connection", () -> connection.execute(deadline.late));
            }
        });
    }
}
