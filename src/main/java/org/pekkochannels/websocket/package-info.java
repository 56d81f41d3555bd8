/**
 * RFC 6455 as bytes in, events out: codec, limits and one {@link org.pekkochannels.websocket.Session} per connection.
 *
 * <p>Not API: public only because other packages use it, and may change without notice.
 *
 * <p>It knows no server and no stream. An edge implements {@link org.pekkochannels.websocket.Transport} over its engine, below a session;
 * above it is the {@link org.pekkochannels.protocol.Wire} of a consumer's turns. The sessions of a server share
 * {@link org.pekkochannels.websocket.WebSockets}.
 * <pre>
 *   in   Transport -&gt; Session -&gt; Connection -&gt; FrameParser: header, unmask, UTF-8, length
 *          fragments: Assembly; compressed: Inflation -&gt; Connection.message -&gt; Intake, ReadAhead
 *          -&gt; ConsumerLink -&gt; consumer's actor; one delivery in flight
 *   out  ConsumerWire -&gt; TurnOutput: one buffer per turn; FrameWriter, Deflation, on the consumer's thread
 *          -&gt; endTurn -&gt; Connection.take -&gt; Outbox: what the client has not read -&gt; Transport: one write
 * </pre>
 *
 *
 * <p>{@code Attachment} is the time before the upgrade, {@code Connection} the time from the upgrade to the end, with its {@code Phase}.
 * {@code Watch} checks the timeouts, {@code Compression} is the negotiated permessage-deflate.
 * <table>
 * <caption>Close codes: "sent" is what the client receives, "received" what the consumer receives</caption>
 * <tr><th>code</th><th>sent</th><th>received</th></tr>
 * <tr><td>1000, 3000 to 4999</td><td>by the consumer; echoed</td><td>from the client</td></tr>
 * <tr><td>1001</td><td>shutdown, if shutdown-code is 1001; idle-timeout</td><td>the same; from the client</td></tr>
 * <tr><td>1002</td><td>protocol error of the client: masks, reserved bits and opcodes, lengths, order of fragments, close codes</td>
 * <td>the same</td></tr>
 * <tr><td>1003</td><td>never by a session; a consumer that does not accept such data sends it</td><td>from the client</td></tr>
 * <tr><td>1005</td><td>never: a close frame without a code answers one without a code</td><td>a close frame had no code</td></tr>
 * <tr><td>1006</td><td>never</td><td>lost without a close frame; pong-timeout; refused, handshake-timeout and attach-timeout, before the
 * connection was attached</td></tr>
 * <tr><td>1007</td><td>text or a close reason that is not UTF-8; data that does not inflate</td><td>the same</td></tr>
 * <tr><td>1008</td><td>max-frames; message-timeout</td><td>the same</td></tr>
 * <tr><td>1009</td><td>max-message-bytes, inflated or not</td><td>the same</td></tr>
 * <tr><td>1010</td><td>never: only clients require extensions</td><td>from the client</td></tr>
 * <tr><td>1011</td><td>by the consumer, when a handler failed</td><td>from the client</td></tr>
 * <tr><td>1012</td><td>shutdown, by default</td><td>the same; from the client</td></tr>
 * <tr><td>1013</td><td>max-outbound-bytes with the policy close; by the consumer, when the database is overloaded</td>
 * <td>the same; write-timeout, which aborts</td></tr>
 * <tr><td>4401</td><td>the end of the lease and lease-grace; its revocation</td><td>the same; from the client</td></tr>
 * </table>
 */
@NullMarked
package org.pekkochannels.websocket;

import org.jspecify.annotations.NullMarked;
