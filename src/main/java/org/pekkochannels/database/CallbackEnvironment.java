package org.pekkochannels.database;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The state that all attempts at one callback share. Immutable.
 *
 * @param connections provides the handles
 * @param limits how long its statements may take, or null if they are not limited
 * @param caller completes its stage, and names it in logs
 * @param cancellation cancels its statements, or null if nothing can cancel them
 */
record CallbackEnvironment(
        CallbackConnections connections,
        @Nullable CallLimits limits,
        Executor caller,
        @Nullable Cancellation cancellation) {}
