package org.pekkochannels.database;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A function that needs a handle; {@link Database#async} makes it asynchronous.
 *
 * @param <A> the argument
 * @param <B> the result
 */
@FunctionalInterface
public interface HandleFunction<A, B extends @Nullable Object> {
    /**
     * Computes the result, on a database thread.
     *
     * @param handle the callback's handle, closed when this method ends
     * @param argument the argument of the asynchronous function
     * @return the result
     * @throws Exception fails the stage, unchanged
     */
    B apply(Handle handle, A argument) throws Exception;
}
