package org.pekkochannels.concurrent;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.EventConstants;
import org.slf4j.spi.LocationAwareLogger;

/**
 * A logger that never throws. The library uses no other, because work follows almost every log line.
 *
 * <p>A log filter, an appender and the {@code getMessage} of a printed exception are the application's code. A line that fails, or whose
 * exception has endless causes, is written without its exception, or dropped. Thread-safe.
 */
public final class SafeLog {
    private static final String CALLED = SafeLog.class.getName();

    private final Logger log;

    private SafeLog(Logger log) {
        this.log = log;
    }

    /**
     * The logger of a class.
     *
     * @param type the class
     * @return a logger with the class's name
     */
    public static SafeLog of(Class<?> type) {
        return new SafeLog(LoggerFactory.getLogger(type));
    }

    /**
     * A logger with a name that is not a class name.
     *
     * @param name the name
     * @return a logger with that name
     */
    public static SafeLog named(String name) {
        return new SafeLog(LoggerFactory.getLogger(name));
    }

    /**
     * Logs at level error.
     *
     * @param format the message, with {@code {}} for each argument
     * @param arguments the arguments; a throwable at the end is printed with its stack
     * @return whether the complete line was written
     */
    public boolean error(String format, @Nullable Object... arguments) {
        return log(EventConstants.ERROR_INT, format, arguments);
    }

    /**
     * Logs at level warn.
     *
     * @param format the message, with {@code {}} for each argument
     * @param arguments the arguments; a throwable at the end is printed with its stack
     */
    public void warn(String format, @Nullable Object... arguments) {
        log(EventConstants.WARN_INT, format, arguments);
    }

    /**
     * Logs at level info.
     *
     * @param format the message, with {@code {}} for each argument
     * @param arguments the arguments; a throwable at the end is printed with its stack
     */
    public void info(String format, @Nullable Object... arguments) {
        log(EventConstants.INFO_INT, format, arguments);
    }

    /**
     * Logs at level debug.
     *
     * @param format the message, with {@code {}} for each argument
     * @param arguments the arguments; a throwable at the end is printed with its stack
     */
    public void debug(String format, @Nullable Object... arguments) {
        if (isDebugEnabled()) {
            log(EventConstants.DEBUG_INT, format, arguments);
        }
    }

    /**
     * Whether lines at level debug are written; for arguments that are expensive to compute.
     *
     * @return false also if a log filter throws
     */
    public boolean isDebugEnabled() {
        try {
            return log.isDebugEnabled();
        } catch (Throwable unknown) { // the filter may be the application's
            return false;
        }
    }

    private boolean log(int level, String format, @Nullable Object... arguments) {
        try {
            requirePrintable(arguments);
            write(level, format, arguments);
            return true;
        } catch (Throwable unwritten) { // the line is lost, the caller's work continues
            logWithoutFailure(level, format, arguments);
            return false;
        }
    }

    /** If getCause() creates a new cause at each call, the logger would fill the heap. */
    private static void requirePrintable(@Nullable Object... arguments) {
        int last = arguments.length - 1;
        if (last >= 0 && arguments[last] instanceof Throwable failure && !Causes.arePrintable(failure)) {
            throw new IllegalArgumentException("unprintable");
        }
    }

    private void logWithoutFailure(int level, String format, @Nullable Object... arguments) {
        int last = arguments.length - 1;
        if (last < 0 || !(arguments[last] instanceof Throwable failure)) {
            return;
        }
        try {
            arguments[last] = "";
            write(level, format + ": " + failure.getClass().getName() + ", which cannot be printed", arguments);
        } catch (Throwable unwritten) {
            // Logging does not work here; the failure itself has been counted.
        }
    }

    // Passes this class's name, so that patterns with %class or %line show the caller.
    private void write(int level, String format, @Nullable Object... arguments) {
        if (log instanceof LocationAwareLogger located) {
            located.log(null, CALLED, level, format, arguments, null);
        } else {
            log.makeLoggingEventBuilder(org.slf4j.event.Level.intToLevel(level)).log(format, arguments);
        }
    }
}
