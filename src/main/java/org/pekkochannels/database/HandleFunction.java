package org.pekkochannels.database;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A function that needs a handle, to be made asynchronous by {@link Database#async}.
 *
 * @param <A> the argument
 * @param <B> the result
 */
@FunctionalInterface
public interface HandleFunction<A, B extends @Nullable Object> {
    /**
     * Computes the result, on a database thread.
     *
     * @param handle the message's handle, closed when this method ends
     * @param argument what the asynchronous function was given
     * @return the result
     * @throws Exception fails the stage, unchanged
     */
    B apply(Handle handle, A argument) throws Exception;
}
