package org.pekkochannels.edge;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.websocket.Transport;

/**
 * The times of connections that no session keeps: before the first request is complete, and after the last answer.
 *
 * <p>A map and one clock for all of them, not a timer for each: most end early, and a scheduler's timers are dear to cancel.
 * A connection has one deadline at most, which is kept to the next {@link #tick}. Thread-safe.
 */
final class HttpDeadlines {
    // As long as other servers' lingering close: a client on a slow line needs that to take an answer in.
    static final Duration LINGER = Duration.ofSeconds(2);

    private final Map<Transport, Deadline> deadlines = new ConcurrentHashMap<>();
    private final ContainedFailures failures;

    private record Deadline(long nanoTime, Runnable late) {}

    HttpDeadlines(ContainedFailures failures) {
        this.failures = failures;
    }

    /** Sets a connection's deadline anew; what is to be done then runs on the connection's thread. */
    void set(Transport connection, Duration time, Runnable late) {
        deadlines.put(connection, new Deadline(System.nanoTime() + time.toNanos(), late));
    }

    /** The connection has ended, or is in time. */
    void clear(Transport connection) {
        deadlines.remove(connection);
    }

    /**
     * Ends our side, and reads on for a while: closing upon unread bytes would reset the last answer away.
     *
     * @param rest how long what is still unsent then may take to leave
     * @param late what is done when it has not, on the connection's thread
     */
    void linger(Transport connection, Duration rest, Runnable late) {
        connection.shutdownOutput();
        set(connection, LINGER, () -> {
            connection.close();
            set(connection, rest, late);
        });
    }

    /** Does what is late; {@code nanoTime} is of {@link System#nanoTime}. */
    void tick(long nanoTime) {
        deadlines.forEach((connection, deadline) -> {
            if (nanoTime - deadline.nanoTime >= 0 && deadlines.remove(connection, deadline)) {
                failures.run(Place.TIMER, "a timer of a connection", () -> connection.execute(deadline.late));
            }
        });
    }
}
