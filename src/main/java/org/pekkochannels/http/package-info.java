/**
 * The default edge: Pekko's streams transfer bytes between sockets and sessions.
 *
 * <p>Not API: public only because packages differ, and changed without notice.
 *
 * <pre>
 *   socket -&gt; Pekko's I/O actor -&gt; stream of the connection -&gt; edge.Reception
 *               plain HTTP: -&gt; edge.HttpBridge -&gt; Pekko HTTP, in process
 *               upgrade:    -&gt; websocket.Session -&gt; consumer's actor
 * </pre>
 */
@NullMarked
package org.pekkochannels.http;

import org.jspecify.annotations.NullMarked;
