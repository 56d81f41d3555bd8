/**
 * RFC 6455 as bytes in, events out: codec, limits and one {@link org.pekkochannels.websocket.Session} per connection.
 *
 * <p>It knows no server and no stream. Below a session, which is an {@link org.pekkochannels.websocket.Endpoint}, is a
 * {@link org.pekkochannels.websocket.Transport} that an edge implements over its server engine; above it the {@link org.pekkochannels.protocol.Wire} of a consumer's turns.
 *
 * <p>The parts, from the peer inward: {@code FrameParser} checks frames, {@code Assembly} joins fragments, {@code Inbox}
 * holds what the consumer has not taken yet. Outward: {@code ConsumerWire} collects what one {@code Turn} of the
 * consumer sends, {@code FrameWriter} encodes it on the consumer's thread, {@code Outbox} bounds what the peer has not read yet.
 * {@code Connection} is the life between the upgrade and the end, {@code Attachment} the time before it.
 */
@NullMarked
package org.pekkochannels.websocket;

import org.jspecify.annotations.NullMarked;
