/**
 * RFC 6455 as bytes in, events out: codec, limits and one {@link org.pekkochannels.websocket.Session} per connection.
 *
 * <p>It knows no server and no stream. Below a session, which is an {@link org.pekkochannels.websocket.Endpoint}, is a
 * {@link org.pekkochannels.websocket.Transport} that an edge implements over its server engine; above it the
 * {@link org.pekkochannels.protocol.Wire} of a consumer's turns. What the sessions of a server share is in
 * {@link org.pekkochannels.websocket.WebSockets}.
 *
 * <p>The parts, from the peer inward: {@code FrameParser} checks frames, {@code Assembly} joins fragments,
 * {@code Inflation} expands what was compressed, {@code Intake} holds in its {@code Inbox} what the consumer has not taken
 * yet. Outward: {@code ConsumerWire} collects what one {@code Turn} of the consumer sends, {@code FrameWriter} and
 * {@code Deflation} encode it on the consumer's thread, {@code Outbox} bounds what the peer has not read yet.
 * {@code Connection} is the life between the upgrade and the end, {@code Attachment} the time before it, {@code Watch} the
 * clock, {@code Compression} what was agreed about permessage-deflate.
 *
 * <table>
 * <caption>Which close code when; "heard" is what the consumer is told, "sent" what the client is</caption>
 * <tr><th>code</th><th>sent</th><th>heard</th></tr>
 * <tr><td>1000, 3000 to 4999</td><td>by the consumer; echoed</td><td>the client's own</td></tr>
 * <tr><td>1001</td><td>the server goes away, if shutdown-code says so; idle-timeout</td><td>the same; the client's own</td></tr>
 * <tr><td>1002</td><td>the client broke the protocol: masks, reserved bits and opcodes, lengths, order of fragments, close
 * codes</td><td>the same</td></tr>
 * <tr><td>1003</td><td>never by a session; a consumer that takes no such data sends it</td><td>the client's own</td></tr>
 * <tr><td>1005</td><td>never: a close frame without a code answers one without a code</td><td>a close frame had no
 * code</td></tr>
 * <tr><td>1006</td><td>never</td><td>lost without a close frame; pong-timeout; refused, handshake-timeout and
 * attach-timeout, before there was a connection</td></tr>
 * <tr><td>1007</td><td>text or a close reason that is not UTF-8; data that does not inflate</td><td>the same</td></tr>
 * <tr><td>1008</td><td>max-frames; message-timeout</td><td>the same</td></tr>
 * <tr><td>1009</td><td>max-message-bytes, inflated or not</td><td>the same</td></tr>
 * <tr><td>1010</td><td>never: only clients need extensions</td><td>the client's own</td></tr>
 * <tr><td>1011</td><td>by the consumer, when a handler failed</td><td>the client's own</td></tr>
 * <tr><td>1012</td><td>the server goes away, by default</td><td>the same; the client's own</td></tr>
 * <tr><td>1013</td><td>max-outbound-bytes with the policy close; by the consumer, when the database is overloaded</td>
 * <td>the same; write-timeout, which aborts</td></tr>
 * </table>
 */
@NullMarked
package org.pekkochannels.websocket;

import org.jspecify.annotations.NullMarked;
