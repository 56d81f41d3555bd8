package org.pekkochannels.database;

import java.time.Duration;
import org.pekkochannels.concurrent.Counted;

/** Database work got no thread within its database's {@code max-wait}, or by its deadline; it was discarded. */
public final class DatabaseWaitTimeoutException extends DatabaseBusyException {
    private static final long serialVersionUID = 1L;

    /** How long the work waited. */
    private final Duration waited;

    /** The maximum wait. */
    private final Duration limit;

    DatabaseWaitTimeoutException(String key, Admission.Load load, Duration waited, Duration limit) {
        this(
                load,
                waited,
                limit,
                "database wait timed out after " + waited.toMillis() + " ms, limit "
                        + limit.toMillis() + " ms (" + key + "): " + Counted.of(load.busy(), "thread")
                        + " busy, " + load.waiting()
                        + " waiting; add threads or shed load");
    }

    private DatabaseWaitTimeoutException(Admission.Load load, Duration waited, Duration limit, String message) {
        super(message, load);
        this.waited = waited;
        this.limit = limit;
    }

    /** The work waited until its deadline. */
    static DatabaseWaitTimeoutException by(Deadline deadline, Admission.Load load) {
        return new DatabaseWaitTimeoutException(deadline.key(), load, deadline.elapsed(), deadline.budget());
    }

    /** The deadline had passed before the call was made: the database is not at fault. */
    static DatabaseWaitTimeoutException beforeTheCall(Deadline deadline, Admission.Load load) {
        Duration elapsed = deadline.elapsed();
        Duration limit = deadline.budget();
        return new DatabaseWaitTimeoutException(
                load,
                elapsed,
                limit,
                "the deadline of " + limit.toMillis() + " ms (" + deadline.key()
                        + ") had passed before the database was called, "
                        + elapsed.toMillis()
                        + " ms after it began; raise it, or limit the time before the call");
    }

    /**
     * How long the work waited.
     *
     * @return the time from the call to the rejection
     */
    public Duration waited() {
        return waited;
    }

    /**
     * The maximum wait.
     *
     * @return the database's {@code max-wait}, or the deadline's whole time
     */
    public Duration limit() {
        return limit;
    }
}
