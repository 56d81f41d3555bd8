package org.pekkochannels.database;

/** Database work was refused at once because its database's {@code max-waiting} calls were waiting already. */
public final class DatabaseOverloadedException extends DatabaseBusyException {
    private static final long serialVersionUID = 1L;

    /** How many calls may wait. */
    private final int limit;

    DatabaseOverloadedException(DispatcherSettings settings, Load load) {
        super(
                "database overloaded: " + load.busy() + " threads busy, " + load.waiting() + " waiting ("
                        + settings.section() + ".max-waiting); add threads or shed load",
                load);
        this.limit = settings.maxWaiting();
    }

    /**
     * How many calls may wait.
     *
     * @return the database's {@code max-waiting}
     */
    public int limit() {
        return limit;
    }
}
