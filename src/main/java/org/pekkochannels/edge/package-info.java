/**
 * What every edge has in common: the contract between a server engine and what it serves, and all that does not depend on
 * the engine.
 *
 * <p>An {@link org.pekkochannels.edge.Edge} moves bytes. What becomes of a connection is decided here: whether there are
 * too many, whether a request opens a WebSocket, where its consumer is spawned, who the client is behind its proxies, what
 * certificate it sees. Every request is read by {@code http1}: {@link org.pekkochannels.edge.Reception} reads the first one,
 * {@code HttpBridge} those after it. Plain HTTP goes to Pekko HTTP's server layer, in process and in canonical form,
 * whichever engine brings the bytes. The route for a server of the application's own, with the take-over of an upgrade that
 * reaches Pekko HTTP, belongs here too.
 *
 * <p>It lies one level below the edges, because packages of one level may not use each other, and the edges must not.
 */
@NullMarked
package org.pekkochannels.edge;

import org.jspecify.annotations.NullMarked;
