package org.pekkochannels.database.jdbc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Ticker;

/**
 * The results of the last logins of a database: for how long none has succeeded. Thread-safe.
 *
 * <p>A call waits through a short outage, such as a restart; only one that lasts longer than a call would wait is reported.
 */
public final class Reachability {
    private final long patienceNanos;
    private volatile @Nullable Outage outage;

    /** Starts without results; an outage is reported after this time. */
    Reachability(Duration patience) {
        this.patienceNanos = patience.toNanos();
    }

    private record Outage(long sinceNanos, Throwable failure) {}

    void loggedIn() {
        outage = null;
    }

    void failed(Throwable failure) {
        Outage before = outage;
        outage = new Outage(before == null ? Ticker.SYSTEM.read() : before.sinceNanos(), failure);
    }

    /** Why the last login failed; null if it succeeded, or none has ended yet. */
    @Nullable
    public Throwable lastFailure() {
        Outage current = outage;
        return current == null ? null : current.failure();
    }

    /** Why no login succeeds, if the outage is long enough. */
    @Nullable
    public Throwable lastingFailure() {
        Outage current = outage;
        return current != null && Ticker.SYSTEM.read() - current.sinceNanos() >= patienceNanos
                ? current.failure()
                : null;
    }
}
