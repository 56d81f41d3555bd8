package org.pekkochannels.database;

import java.util.Map;
import org.slf4j.MDC;

/** What the logging context (MDC) of some thread was at some moment; immutable. */
final class LogContext {
    /** Nothing; always this one object, so that a comparison by identity keeps the usual case cheap. */
    static final LogContext EMPTY = new LogContext(Map.of());

    private final Map<String, String> entries;

    private LogContext(Map<String, String> entries) {
        this.entries = entries;
    }

    /** The context of this thread, now. */
    static LogContext current() {
        Map<String, String> entries = MDC.getCopyOfContextMap();
        return entries == null || entries.isEmpty() ? EMPTY : new LogContext(entries);
    }

    /** Makes this the context of this thread, in which {@code present} was. */
    void replace(LogContext present) {
        if (this == present) {
            return;
        }
        if (this == EMPTY) {
            MDC.clear();
        } else {
            MDC.setContextMap(entries);
        }
    }

    /** Runs {@code task} on this thread in this context, and puts the thread's own back. */
    void around(Runnable task) {
        LogContext own = current();
        replace(own);
        try {
            task.run();
        } finally {
            own.restore();
        }
    }

    private void restore() {
        replace(current());
    }
}
