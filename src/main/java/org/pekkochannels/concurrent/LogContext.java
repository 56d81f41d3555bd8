package org.pekkochannels.concurrent;

import java.util.Map;
import org.slf4j.MDC;

/**
 * What the logging context (MDC) of some thread was at some moment; immutable.
 *
 * <p>A logging context that throws is treated as empty: it must not fail the work of which the log tells.
 */
public final class LogContext {
    /** Nothing; always this one object, so that a comparison by identity keeps the usual case cheap. */
    public static final LogContext EMPTY = new LogContext(Map.of());

    private static final ObserverFailures FAILURES = new ObserverFailures(SafeLog.of(LogContext.class));

    private final Map<String, String> entries;

    private LogContext(Map<String, String> entries) {
        this.entries = entries;
    }

    /**
     * The context of this thread, now. Logback allocates nothing for it on a thread whose context is empty.
     *
     * @return {@link #EMPTY} where nothing is in it
     */
    public static LogContext current() {
        try {
            Map<String, String> entries = MDC.getCopyOfContextMap();
            return entries == null || entries.isEmpty() ? EMPTY : new LogContext(entries);
        } catch (Throwable failure) { // a guest's failure: the adapter may be the application's
            return failed(failure);
        }
    }

    /**
     * How often a logging context failed in this JVM.
     *
     * @return the number
     */
    public static long failures() {
        return FAILURES.count();
    }

    /**
     * Makes this the context of this thread.
     *
     * @param present what the thread's context is now
     */
    public void replace(LogContext present) {
        if (this == present) {
            return;
        }
        try {
            set();
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    private void set() {
        if (this == EMPTY) {
            MDC.clear();
        } else {
            MDC.setContextMap(entries);
        }
    }

    private static LogContext failed(Throwable failure) {
        FAILURES.add("the logging context (MDC)", failure);
        return EMPTY;
    }
}
