/**
 * The event-loop edge: Netty transfers bytes, and each event loop is also a Pekko dispatcher. The consumers of a loop's sockets run on it,
 * so a message needs no hand-off between threads.
 *
 * <p>Not API: public only because other packages use it, and may change without notice.
 *
 * <p>The order of events within one pass of a {@code Loop}, all on the loop's thread:
 * <pre>
 *   1. read every ready socket              ChannelTransport -&gt; Session: parse, deliver to the actor's mailbox
 *   2. run tasks of other threads, 10 ms    calls of consumers, events of groups, timers
 *   3. run turns, at most 1024              consumers' callbacks; their frames go into the session's Outbox
 *   4. flush each connection with output    ChannelTransport: one write per connection, however many turns wrote
 * </pre>
 *
 *
 * <p>Remaining turns run in the next pass, after the sockets have been checked again. All protocol logic is in {@code websocket};
 * {@code ChannelTransport} only adapts. The package needs the optional dependency {@code io.netty:netty-handler}, and
 * {@code io.netty:netty-codec-haproxy} for the PROXY protocol.
 */
@NullMarked
package org.pekkochannels.netty;

import org.jspecify.annotations.NullMarked;
