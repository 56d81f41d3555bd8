package org.pekkochannels.edge;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.tracing.span.ThreadContext;

/**
 * A thread of the server that has run code of the application. Whatever that code has left on the thread, the next task would
 * see, which belongs to another connection or to Netty. Stateless.
 */
final class ThreadReset {
    private ThreadReset() {}

    /**
     * Ends the application's use of this thread; for a {@code finally}.
     *
     * <p>Restores the logging context and OpenTelemetry's, and clears the interrupt flag: it would close the next channel that
     * this thread reads. Scala sets the flag for each {@code InterruptedException}.
     *
     * @param before the thread's context before the application's code; null if the code restores it itself
     */
    static void to(@Nullable ThreadContext before) {
        if (before != null) {
            before.restore();
        }
        Thread.interrupted();
    }
}
