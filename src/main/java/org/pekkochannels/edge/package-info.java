/**
 * What every edge has in common: the contract between a server engine and what it serves, and all that does not depend on
 * the engine.
 *
 * <p>An {@link org.pekkochannels.edge.Edge} moves bytes. What becomes of a connection is decided here: whether there are
 * too many, whether its first request opens a WebSocket, where its consumer is spawned, who the client is behind its
 * proxies, what certificate it sees. Plain HTTP goes to Pekko HTTP's server layer, in process, whichever engine brings the
 * bytes; so the route, and the take-over of an upgrade that reaches Pekko HTTP, belong here too.
 *
 * <p>It lies one level below the edges, because packages of one level may not use each other, and the edges must not.
 */
@NullMarked
package org.pekkochannels.edge;

import org.jspecify.annotations.NullMarked;
