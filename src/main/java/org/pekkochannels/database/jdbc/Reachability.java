package org.pekkochannels.database.jdbc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the last logins have told of a database: for how long none has succeeded. Thread-safe.
 *
 * <p>A short outage, a restart for example, is waited for; only one that lasts longer than a call would wait is known.
 */
public final class Reachability {
    private final long patienceNanos;
    private volatile @Nullable Outage outage;

    /** Nothing is known; an outage is one that has lasted for so long. */
    Reachability(Duration patience) {
        this.patienceNanos = patience.toNanos();
    }

    private record Outage(long sinceNanos, Throwable failure) {}

    void loggedIn() {
        outage = null;
    }

    void failed(Throwable failure) {
        Outage before = outage;
        outage = new Outage(before == null ? System.nanoTime() : before.sinceNanos(), failure);
    }

    /** Why the last login has failed; null if it has not, or none has ended yet. */
    @Nullable
    public Throwable lastFailure() {
        Outage current = outage;
        return current == null ? null : current.failure();
    }

    /** Why no login succeeds, if that has lasted. */
    @Nullable
    public Throwable lastingFailure() {
        Outage current = outage;
        return current != null && System.nanoTime() - current.sinceNanos() >= patienceNanos ? current.failure() : null;
    }
}
