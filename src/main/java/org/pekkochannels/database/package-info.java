/**
 * A JDBI handle per message, on the database dispatcher only.
 *
 * <p>{@link org.pekkochannels.database.Database} is the way in. A call passes an admission, which counts and bounds what
 * runs and waits; runs on one of the dispatcher's threads, with a handle that is closed when the callback ends; and
 * completes its stage on its owner's executor.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>One number sizes threads and connections, so a thread never waits for a connection.
 *   <li>What waits is kept in front of the dispatcher and not in its queue: a Pekko dispatcher logs an error for every
 *       rejected task, and what lies in an executor's queue can neither be counted exactly nor taken out when its time is
 *       over.
 *   <li>Each section of the configuration has threads, admission and pool of its own, as a bulkhead; databases over an
 *       application's own pool share the default's threads.
 *   <li>The message's handle is JDBI's own handle for that thread, so DAOs inside a callback use it too.
 *   <li>What goes with a call from thread to thread is its {@code CallContext}; whoever wants to know how it fares hears of
 *       it through its {@code Observation}, and where nobody does, the clock is not looked at.
 *   <li>Statements are cancelled by a thread of their own: a driver blocks while it cancels, so an actor must not, and the
 *       database threads, or Pekko's for blocking, may all be stuck. It is guarded, or it would hit the connection's next
 *       statement; see {@code Cancellation}.
 *   <li>A batch ({@link org.pekkochannels.database.Batch}) needs no timer: its call takes the rows when it has its thread, and
 *       what comes while it is under way is the next. Slices ({@link org.pekkochannels.database.Slices}) are keyset pages, as
 *       a cursor would hold a connection for as long as a client likes to read.
 *   <li>Credentials end in {@code JdbcSource}: the pool above it cannot log what it does not have.
 * </ul>
 */
@NullMarked
package org.pekkochannels.database;

import org.jspecify.annotations.NullMarked;
