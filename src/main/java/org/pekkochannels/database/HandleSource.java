package org.pekkochannels.database;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Provides the one handle of a callback, opened on first use. Confined to the database thread and the callback that received it. */
public interface HandleSource {
    /**
     * The callback's handle; the same at every call.
     *
     * <p>Fails with {@link DatabaseUnavailableException} if there is no connection.
     *
     * @return the open handle, closed by the database when the callback ends
     * @throws IllegalStateException after the callback has ended
     */
    Handle handle();

    /**
     * Makes the callback one transaction: committed when the callback returns, rolled back when it throws. Call it before {@link #handle},
     * because earlier statements on the handle are committed already. Does not open a handle.
     *
     * @param options the options; several attempts run the whole callback again after a conflict
     * @throws IllegalStateException if the handle was opened before, the callback has a transaction already, or the callback has ended
     */
    void beginTransaction(TransactionOptions options);

    /**
     * Work on a database thread that opens a handle only on request.
     *
     * @param <T> the result
     */
    @FunctionalInterface
    interface Callback<T extends @Nullable Object> {
        /**
         * Does the work, on a database thread.
         *
         * @param handles provides the handle; unusable after this method has ended
         * @return the result
         * @throws Exception fails the stage, unchanged
         */
        T withHandles(HandleSource handles) throws Exception;
    }
}
