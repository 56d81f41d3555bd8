/**
 * The door between servers and consumers.
 *
 * <p>A server (an edge, or the test kit) asks an {@link org.pekkochannels.protocol.Application} what to do with a
 * {@link org.pekkochannels.protocol.Scope}. If the answer is a consumer, the server spawns its behavior and from then on
 * talks to it in {@link org.pekkochannels.protocol.Inbound} events; the consumer answers on a
 * {@link org.pekkochannels.protocol.Wire}. Neither side knows more of the other.
 */
@NullMarked
package org.pekkochannels.protocol;

import org.jspecify.annotations.NullMarked;
