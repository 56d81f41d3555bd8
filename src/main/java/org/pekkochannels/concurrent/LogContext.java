package org.pekkochannels.concurrent;

import java.util.Map;
import org.slf4j.MDC;

/**
 * The logging context (MDC) of a thread at some moment. Immutable.
 *
 * <p>A logging context that throws is treated as empty, so that logging cannot fail the work it describes.
 */
public final class LogContext {
    /** Empty. Always this object, so that the usual case is one comparison by identity. */
    public static final LogContext EMPTY = new LogContext(Map.of());

    private static final ObserverFailures FAILURES = new ObserverFailures(SafeLog.of(LogContext.class));

    private final Map<String, String> entries;

    private LogContext(Map<String, String> entries) {
        this.entries = entries;
    }

    /**
     * The current context of this thread. Logback allocates nothing for it on a thread whose context is empty.
     *
     * @return {@link #EMPTY} if the context is empty
     */
    public static LogContext current() {
        try {
            Map<String, String> entries = MDC.getCopyOfContextMap();
            return entries == null || entries.isEmpty() ? EMPTY : new LogContext(entries);
        } catch (Throwable failure) { // the MDC adapter may be the application's
            return failed(failure);
        }
    }

    /**
     * A context with these entries.
     *
     * @param entries the entries
     * @return {@link #EMPTY} if there are none
     */
    public static LogContext of(Map<String, String> entries) {
        return entries.isEmpty() ? EMPTY : new LogContext(Map.copyOf(entries));
    }

    /**
     * Adds an entry to the context of this thread.
     *
     * @param key the entry's key
     * @param value its value
     */
    public static void put(String key, String value) {
        try {
            MDC.put(key, value);
        } catch (Throwable failure) { // the MDC adapter may be the application's
            failed(failure);
        }
    }

    /**
     * Runs a task on this thread in this context, added to the thread's own, which is restored afterwards.
     *
     * @param task may throw
     */
    public void addedTo(Runnable task) {
        if (this == EMPTY) {
            task.run();
            return;
        }
        LogContext own = current();
        entries.forEach(LogContext::put);
        try {
            task.run();
        } finally {
            own.replace(current());
        }
    }

    /**
     * The number of failures of the logging context in this JVM.
     *
     * @return the number
     */
    public static long failures() {
        return FAILURES.count();
    }

    /**
     * Makes this the context of this thread.
     *
     * @param present the thread's current context
     */
    public void replace(LogContext present) {
        if (this != present) {
            replaceAny();
        }
    }

    /** Makes this the context of this thread, whatever it has now. Saves the copy of a context that is not empty. */
    public void replaceAny() {
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
