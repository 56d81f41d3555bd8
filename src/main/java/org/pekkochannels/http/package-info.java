/**
 * The default edge: Pekko's streams transfer bytes between sockets and sessions.
 *
 * <p>Not API: public only because other packages use it, and may change without notice.
 * <pre>
 *   socket -&gt; Pekko's I/O actor -&gt; stream of the connection -&gt; edge.Reception
 *               plain HTTP: -&gt; edge.HttpBridge -&gt; Pekko HTTP, in process
 *               upgrade:    -&gt; websocket.Session -&gt; consumer's actor
 * </pre>
 *
 *
 * <p>Threads: the I/O actor moves bytes between the kernel and the stream. The stream's interpreter is the connection's thread: it runs
 * {@code Reception}, {@code HttpBridge} and {@code Session}, and no two of its events at the same time. A consumer's turn runs on the
 * consumer's dispatcher, and its output returns to the interpreter as a task ({@code SocketTransport.execute}).
 */
@NullMarked
package org.pekkochannels.http;

import org.jspecify.annotations.NullMarked;
