package org.pekkochannels.database;

import org.jspecify.annotations.Nullable;

/**
 * Work on a database thread that opens a handle only on request.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface LazyHandleCallback<T extends @Nullable Object> {
    /**
     * Does the work, on a database thread.
     *
     * @param handles provides the handle; unusable after this method has ended
     * @return the result
     * @throws Exception fails the stage, unchanged
     */
    T withHandles(HandleSource handles) throws Exception;
}
