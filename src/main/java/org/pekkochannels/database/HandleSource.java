package org.pekkochannels.database;

import org.jdbi.v3.core.Handle;

/**
 * Gives the one handle of a message, opened when it is first asked for. Confined to the database thread and the callback
 * that got it.
 */
public interface HandleSource {
    /**
     * The message's handle; the same at every call.
     *
     * <p>Without a connection it fails with {@link DatabaseUnavailableException}.
     *
     * @return the open handle, closed by the database when the callback ends
     * @throws IllegalStateException after the callback has ended
     */
    Handle handle();

    /**
     * Makes the callback one transaction: committed when the callback returns, rolled back when it throws. To be called
     * before {@link #handle}, as what runs on the handle before is committed already; opens no handle.
     *
     * @param options how it runs; with several attempts, the whole callback is run again after a conflict
     * @throws IllegalStateException when the handle was opened before, when the callback has a transaction already, or when
     *     it has ended
     */
    void beginTransaction(TransactionOptions options);
}
