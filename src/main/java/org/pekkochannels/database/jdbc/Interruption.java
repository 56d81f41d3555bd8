package org.pekkochannels.database.jdbc;

import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Cuts off one statement from outside when its time has passed, for SQLite, whose query timeout only limits its wait for locks.
 * Thread-safe.
 */
public final class Interruption {
    private static final SafeLog LOG = SafeLog.of(Interruption.class);

    private final Statement statement;
    private @Nullable Future<?> timer;
    private boolean ended;

    private Interruption(Statement statement) {
        this.statement = statement;
    }

    /** Starts the time of a statement that is about to run. */
    public static Interruption after(Duration time, PreparedStatement statement) {
        Interruption interruption = new Interruption(statement);
        // On the timer's thread: interrupting SQLite only sets a flag.
        interruption.set(TimerThread.after(time, interruption::interrupt));
        return interruption;
    }

    private synchronized void set(Future<?> armed) {
        timer = armed;
    }

    /** The statement is closed; later statements of its connection are not affected. */
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
        } catch (Throwable e) { // of a driver
            LOG.debug("a statement was not cut off", e);
        }
    }
}
