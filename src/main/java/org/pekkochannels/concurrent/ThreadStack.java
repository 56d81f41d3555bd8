package org.pekkochannels.concurrent;

import org.jspecify.annotations.Nullable;

/** Where a thread is at this moment, in the form that loggers print. Immutable. */
public final class ThreadStack extends Throwable {
    private static final long serialVersionUID = 1L;

    /**
     * Looks at a thread, which stops for it for some microseconds.
     *
     * @param thread any thread
     */
    public ThreadStack(Thread thread) {
        this(thread, null);
    }

    /**
     * Looks at a thread, and keeps with it where something began.
     *
     * @param thread any thread
     * @param beginning what loggers print as the cause, or null
     */
    public ThreadStack(Thread thread, @Nullable Throwable beginning) {
        super("stack of " + thread.getName(), beginning, false, true);
        setStackTrace(thread.getStackTrace());
    }
}
