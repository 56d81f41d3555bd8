package org.pekkochannels.database;

import org.pekkochannels.concurrent.Counted;

/** Database work was rejected at once because the database's {@code max-waiting} calls were already waiting. */
public final class DatabaseOverloadedException extends DatabaseBusyException {
    private static final long serialVersionUID = 1L;

    /** The maximum number of waiting calls. */
    private final int limit;

    DatabaseOverloadedException(DispatcherSettings settings, Admission.Load load) {
        super(
                "database overloaded: " + Counted.of(load.busy(), "thread") + " busy, " + load.waiting() + " waiting ("
                        + settings.section() + ".max-waiting); add threads or shed load",
                load);
        this.limit = settings.maxWaiting();
    }

    /**
     * The maximum number of waiting calls.
     *
     * @return the database's {@code max-waiting}
     */
    public int limit() {
        return limit;
    }
}
