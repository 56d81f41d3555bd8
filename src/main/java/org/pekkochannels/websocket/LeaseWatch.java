package org.pekkochannels.websocket;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Lease;

/**
 * Compares the lease of one connection with the clock, when the edge's timer finds it due; and ends the lease after the consumer's last
 * event.
 *
 * <p>A separate object, so that connections without a lease pay for one null reference; and one only, whose two interfaces stand for what
 * would be two lambdas for each connection. Confined to the connection's thread, except {@link #isDue}, {@link #accept} and {@link #run}.
 */
final class LeaseWatch implements Consumer<Inbound>, Runnable {
    private static final CloseReason EXPIRED = new CloseReason(CloseCode.UNAUTHORIZED, "session expired");
    private static final long NEVER = Long.MAX_VALUE;
    // The lease ends at a date, and the machine's clock may be set.
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final Lease lease;
    private final Session session;
    private @Nullable Consumer<Inbound> consumer;
    // The end of which the consumer was notified.
    private @Nullable Instant notified;
    private volatile long due;

    LeaseWatch(Lease lease, Session session) {
        this.lease = lease;
        this.session = session;
        due = session.shared().now();
    }

    /** The receiver of the events for a consumer. */
    Consumer<Inbound> before(Consumer<Inbound> receiver) {
        consumer = receiver;
        return this;
    }

    /** Watches from now on. The lease may have been revoked since the middleware made it. */
    void start() {
        lease.onChange(this);
        run();
    }

    /** An event for the consumer, from any thread. */
    @Override
    public void accept(Inbound event) {
        requireNonNull(consumer).accept(event);
        if (event instanceof Inbound.Closed) {
            lease.ended();
        }
    }

    /** The lease has changed; on any thread. */
    @Override
    public void run() {
        session.leaseChanged(lease.revocation().orElse(null));
    }

    /** Whether {@link #check} may find anything; any thread. */
    boolean isDue(long nanoTime) {
        long next = due;
        return next != NEVER && nanoTime - next >= 0;
    }

    /** Closes the connection or notifies its consumer, if it is time for that. */
    void check(Connection connection) {
        CloseReason revocation = lease.revocation().orElse(null);
        Instant end = lease.end().orElse(null);
        if (revocation != null) {
            close(connection, revocation);
        } else if (end == null) {
            due = NEVER;
        } else {
            check(connection, end, session.shared().date());
        }
    }

    private void check(Connection connection, Instant end, Instant now) {
        LeaseTimes times = session.leaseTimes();
        Instant last = now.minus(times.grace());
        if (!end.isAfter(last)) {
            close(connection, EXPIRED);
            return;
        }
        if (!end.isAfter(now.plus(times.notice())) && !end.equals(notified)) {
            notified = end;
            connection.tellExpiring(lease);
        }
        due = session.deadlineIn(pause(end.equals(notified) ? last : now.plus(times.notice()), end));
    }

    private void close(Connection connection, CloseReason reason) {
        due = NEVER;
        connection.revoke(reason);
    }

    /** Compared as dates first, because the end may be too far away for a duration in nanoseconds. */
    private static Duration pause(Instant from, Instant end) {
        return end.isAfter(from.plus(LONGEST_PAUSE)) ? LONGEST_PAUSE : Duration.between(from, end);
    }
}
