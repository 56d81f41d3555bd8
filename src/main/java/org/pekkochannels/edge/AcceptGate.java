package org.pekkochannels.edge;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;

/**
 * Decides whether an edge may accept the next connection, or whether the process would then have too few file descriptors.
 *
 * <p>Without it, an edge gets an error for each attempt, and may log each. Confined to the thread that accepts; never throws.
 */
public final class AcceptGate {
    /** How long an edge stops accepting after a refusal. */
    public static final Duration PAUSE = Duration.ofSeconds(1);

    private static final SafeLog LOG = SafeLog.of(AcceptGate.class);
    // Linux counts descriptors in about 1 ms per 1000 open ones; at most this share of the time is spent on counting.
    private static final long SHARE = 500;

    private final LongSupplier free;
    // How many further connections need no count, and for how long.
    private long uncounted;
    private long countedAt;
    private long validNanos;

    /** A gate for one listening socket. */
    public AcceptGate() {
        this(() -> Descriptors.now().map(Descriptors::free).orElse(Long.MAX_VALUE));
    }

    /** A gate that counts the free descriptors of the process with another function. */
    AcceptGate(LongSupplier free) {
        this.free = free;
    }

    /**
     * Requests permission for one connection.
     *
     * @return false if none may be accepted for {@link #PAUSE}, which is logged in one line
     */
    public boolean mayAccept() {
        if (isUncounted() || count()) {
            uncounted--;
            return true;
        }
        LOG.warn(
                "no connection is accepted for {} s, because at most {} file descriptors are left; raise the process's limit"
                        + " (ulimit -n, LimitNOFILE in systemd), or lower channels.http.max-connections",
                PAUSE.toSeconds(),
                Descriptors.KEPT);
        return false;
    }

    /** Makes the next {@link #mayAccept} count the descriptors, because an attempt to accept has failed. */
    public void countAgain() {
        uncounted = 0;
    }

    private boolean isUncounted() {
        return uncounted > 0 && Ticker.SYSTEM.read() - countedAt < validNanos;
    }

    /** Other code may meanwhile take half of the free descriptors. */
    private boolean count() {
        long begin = Ticker.SYSTEM.read();
        uncounted = (free.getAsLong() - Descriptors.KEPT + 1) / 2;
        countedAt = Ticker.SYSTEM.read();
        validNanos = Math.max(PAUSE.toNanos(), SHARE * (countedAt - begin));
        return uncounted > 0;
    }
}
