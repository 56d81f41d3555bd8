/**
 * The contract between servers and consumers.
 *
 * <p>A server asks an {@link org.pekkochannels.protocol.Application} about a {@link org.pekkochannels.protocol.Scope}. If the
 * answer is a consumer, the server spawns its behavior. From then on the server sends it
 * {@link org.pekkochannels.protocol.Inbound} events, and the consumer answers on a {@link org.pekkochannels.protocol.Wire}.
 * Neither side knows more of the other.
 */
@NullMarked
package org.pekkochannels.protocol;

import org.jspecify.annotations.NullMarked;
