package org.pekkochannels.concurrent;

import org.jspecify.annotations.Nullable;

/** The current stack of a thread, in the form that loggers print. Immutable. */
public final class ThreadStack extends Throwable {
    private static final long serialVersionUID = 1L;

    /**
     * Captures the stack of a thread, which stops for some microseconds.
     *
     * @param thread any thread
     */
    public ThreadStack(Thread thread) {
        this(thread, null);
    }

    /**
     * Captures the stack of a thread, together with the place where something began.
     *
     * @param thread any thread
     * @param beginning what loggers print as the cause, or null
     */
    public ThreadStack(Thread thread, @Nullable Throwable beginning) {
        super("stack of " + thread.getName(), beginning, false, true);
        setStackTrace(thread.getStackTrace());
    }

    /**
     * Whether the thread was loading or initializing a class, or linking a lambda or a string concatenation, which happens once.
     *
     * @return false for a thread that runs anything else
     */
    public boolean isLoadingAClass() {
        for (StackTraceElement frame : getStackTrace()) {
            if (isLoading(frame)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLoading(StackTraceElement frame) {
        String type = frame.getClassName();
        return frame.getMethodName().equals("<clinit>")
                || type.equals("java.lang.ClassLoader")
                || type.startsWith("jdk.internal.loader.")
                || type.equals("java.lang.invoke.MethodHandleNatives");
    }
}
