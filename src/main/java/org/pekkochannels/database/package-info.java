/**
 * A JDBI handle per callback, on the database dispatcher only.
 *
 * <p>{@link org.pekkochannels.database.Database} is the entry point. The path of a call:
 * <pre>
 *   caller's thread    Database -&gt; DatabaseCore.submit -&gt; Admission: starts now, waits, or fails at once
 *   database thread    Call.run -&gt; CallbackWork.attempt -&gt; CallbackHandle: opened before the callback
 *                        callback: the application's SQL
 *                        commit or rollback -&gt; LeftOpen: what the session still has open -&gt; handle closed
 *                      Admission.next: the thread takes the next call, or becomes free
 *                      Call.deliver -&gt; owner.execute
 *   owner (a turn)     CallFuture completes; continuations run here
 * </pre>
 *
 *
 * <p>Decisions:
 *
 * <ul>
 * <li>One number sizes threads and connections, so a thread never waits for a connection.
 * <li>Waiting calls are kept in front of the dispatcher, not in its queue. A Pekko dispatcher logs an error for every rejected task, and
 * tasks in an executor's queue can neither be counted exactly nor removed when they expire.
 * <li>Each section of the configuration has separate threads, admission and pool, as a bulkhead. Databases over an application's pool share
 * the threads of the default database.
 * <li>The callback's handle is JDBI's handle for that thread, so DAOs inside a callback use it too.
 * <li>{@code CallContext} accompanies a call from thread to thread. {@code Observation} measures it; without an observer the clock is not
 * read.
 * <li>A separate thread cancels statements. A driver blocks while it cancels, so an actor must not do it, and the database threads may all
 * be blocked. The cancel is guarded, or it could hit the connection's next statement; see {@code Cancellation}.
 * <li>A batch ({@link org.pekkochannels.database.Batch}) needs no timer: its call takes the rows when it has a thread, and rows that are
 * added while it runs form the next batch. Slices ({@link org.pekkochannels.database.Slices}) are keyset pages, because a cursor would
 * occupy a connection for as long as a client reads.
 * <li>Credentials end in {@code JdbcSource}: the pool above it cannot log what it does not have.
 * </ul>
 */
@NullMarked
package org.pekkochannels.database;

import org.jspecify.annotations.NullMarked;
