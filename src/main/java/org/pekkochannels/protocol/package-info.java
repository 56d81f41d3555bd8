/**
 * The contract between servers and consumers.
 *
 * <p>A server passes a {@link org.pekkochannels.protocol.Scope} to an {@link org.pekkochannels.protocol.Application}. If the answer is a
 * consumer, the server spawns its behavior. From then on the server sends it {@link org.pekkochannels.protocol.Inbound} events, and the
 * consumer answers on a {@link org.pekkochannels.protocol.Wire}. Neither side depends on anything else of the other.
 */
@NullMarked
package org.pekkochannels.protocol;

import org.jspecify.annotations.NullMarked;
