/**
 * The event-loop edge: Netty moves the bytes, and each of its loops is also a Pekko dispatcher, on which the consumers of
 * the loop's sockets run, so that a message needs no hand-off between threads.
 *
 * <p>One pass of a {@code Loop}: Netty reads what can be read, and each read is parsed by its session, which tells the
 * consumer; then the consumers' turns run, a bounded number of them; then every connection that has something to say is
 * flushed, once. All protocol logic is in {@code websocket}; a {@code ChannelTransport} only adapts. Needs the optional
 * dependency {@code io.netty:netty-handler}, and {@code io.netty:netty-codec-haproxy} for the PROXY protocol.
 */
@NullMarked
package org.pekkochannels.netty;

import org.jspecify.annotations.NullMarked;
