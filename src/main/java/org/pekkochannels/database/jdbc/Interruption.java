package org.pekkochannels.database.jdbc;

import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Cuts one statement off from outside when its time is over, for SQLite, whose query timeout only bounds its waiting for
 * locks. Thread-safe.
 */
public final class Interruption {
    private static final SafeLog LOG = SafeLog.of(Interruption.class);

    private final Statement statement;
    private @Nullable Future<?> timer;
    private boolean ended;

    private Interruption(Statement statement) {
        this.statement = statement;
    }

    /** Begins to count for a statement that is about to run. */
    public static Interruption after(Duration time, PreparedStatement statement) {
        Interruption interruption = new Interruption(statement);
        // On the timer's thread: SQLite is interrupted by setting a flag.
        interruption.set(TimerThread.after(time, interruption::interrupt));
        return interruption;
    }

    private synchronized void set(Future<?> armed) {
        timer = armed;
    }

    /** The statement is closed; what its connection runs from now on is left alone. */
    public synchronized void end() {
        ended = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private synchronized void interrupt() {
        if (ended) {
            return;
        }
        try {
            statement.cancel();
        } catch (Throwable e) { // a driver's failure
            LOG.debug("a statement could not be cut off", e);
        }
    }
}
