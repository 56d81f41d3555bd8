/**
 * What all edges share: the contract between a server engine and the served application, and everything that does not depend on the engine.
 *
 * <p>Not API: public only because other packages use it, and may change without notice. The exception is
 * {@link org.pekkochannels.edge.Edge}, which an application may implement.
 *
 * <p>The path of a request:
 * <pre>
 *   engine's bytes -&gt; Reception: http1 reads the head of the first request
 *     plain HTTP -&gt; HttpBridge: reads every later request too -&gt; PlainHttp: Pekko HTTP, in canonical form
 *     upgrade    -&gt; WebSocketHandler: handshake, slot, origin, route -&gt; Application
 *                     refused -&gt; Responses
 *                     opened  -&gt; ConsumerSpawner: the actor -&gt; ServedWebSocket: decision, attach
 *                                  -&gt; websocket.Session: frames from here on
 * </pre>
 *
 *
 * <p>{@code Gateway} runs the clock of all connections, and stops them in order: no new ones, running messages, close frames in batches.
 * The route for a server of the application, which takes over the upgrades that reach Pekko HTTP, is here too.
 *
 * <p>It is one level below the edges, because packages of one level must not use each other.
 */
@NullMarked
package org.pekkochannels.edge;

import org.jspecify.annotations.NullMarked;
