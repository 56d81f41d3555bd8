package org.pekkochannels.database;

/** Database work was refused at once because {@code channels.database.max-waiting} calls were waiting already. */
public final class DatabaseOverloadedException extends DatabaseBusyException {
    private static final long serialVersionUID = 1L;

    /** How many calls may wait. */
    private final int limit;

    DatabaseOverloadedException(Load load, int limit) {
        super(
                "database overloaded: " + load.busy() + " threads busy, " + load.waiting()
                        + " waiting (channels.database.max-waiting); add threads or shed load",
                load);
        this.limit = limit;
    }

    /**
     * How many calls may wait.
     *
     * @return {@code channels.database.max-waiting}
     */
    public int limit() {
        return limit;
    }
}
