package org.pekkochannels.database;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What all attempts at one callback share; immutable.
 *
 * @param connections gives the handles
 * @param limits how long its statements may take, or null where nothing is limited
 * @param caller completes its stage, and names it in logs
 * @param cancellation cancels its statements, or null where nothing may
 */
record CallbackEnvironment(
        CallbackConnections connections,
        @Nullable Limits limits,
        Executor caller,
        @Nullable Cancellation cancellation) {}
