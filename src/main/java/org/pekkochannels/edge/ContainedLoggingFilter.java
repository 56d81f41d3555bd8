package org.pekkochannels.edge;

import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.event.EventStream;
import org.apache.pekko.event.LogMarker;
import org.apache.pekko.event.slf4j.Slf4jLoggingFilter;
import org.pekkochannels.concurrent.FatalErrors;

/**
 * Lets SLF4J decide which of Pekko's lines are written, like Pekko's own filter; a line for which a filter of the application throws is not
 * written. It runs on the thread that logs, where an {@code Error} would end the actor system. Pekko creates it by name. Thread-safe.
 */
public final class ContainedLoggingFilter extends Slf4jLoggingFilter {
    /**
     * Called by Pekko.
     *
     * @param settings the actor system's settings
     * @param events its event stream
     */
    public ContainedLoggingFilter(ActorSystem.Settings settings, EventStream events) {
        super(settings, events);
    }

    @Override
    public boolean isErrorEnabled(Class<?> type, String source) {
        return contained(() -> super.isErrorEnabled(type, source));
    }

    @Override
    public boolean isWarningEnabled(Class<?> type, String source) {
        return contained(() -> super.isWarningEnabled(type, source));
    }

    @Override
    public boolean isInfoEnabled(Class<?> type, String source) {
        return contained(() -> super.isInfoEnabled(type, source));
    }

    @Override
    public boolean isDebugEnabled(Class<?> type, String source) {
        return contained(() -> super.isDebugEnabled(type, source));
    }

    @Override
    public boolean isErrorEnabled(Class<?> type, String source, LogMarker marker) {
        return contained(() -> super.isErrorEnabled(type, source, marker));
    }

    @Override
    public boolean isWarningEnabled(Class<?> type, String source, LogMarker marker) {
        return contained(() -> super.isWarningEnabled(type, source, marker));
    }

    @Override
    public boolean isInfoEnabled(Class<?> type, String source, LogMarker marker) {
        return contained(() -> super.isInfoEnabled(type, source, marker));
    }

    @Override
    public boolean isDebugEnabled(Class<?> type, String source, LogMarker marker) {
        return contained(() -> super.isDebugEnabled(type, source, marker));
    }

    private static boolean contained(BooleanSupplier question) {
        try {
            return question.getAsBoolean();
        } catch (Throwable unknown) { // the line is lost, the caller's work continues
            FatalErrors.rethrow(unknown);
            return false;
        }
    }
}
