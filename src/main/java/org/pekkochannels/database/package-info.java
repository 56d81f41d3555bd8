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
 *   <li>Credentials end in {@code JdbcSource}: the pool above it cannot log what it does not have.
 * </ul>
 */
@NullMarked
package org.pekkochannels.database;

import org.jspecify.annotations.NullMarked;
