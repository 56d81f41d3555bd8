/**
 * The one strict reader of every HTTP/1 request: its head, the framing and the end of its body, and the canonical form in
 * which it is handed on (RFC 9112). Not API.
 *
 * <p>Two readers that read one request in two ways are how requests are smuggled. So each request of a connection, the
 * first and each later one, is read here and nowhere else: {@link org.pekkochannels.http1.HeadReader} finds the end of the
 * head, {@link org.pekkochannels.http1.RequestHead} reads it, {@link org.pekkochannels.http1.Request} decides about host,
 * framing and expectations, a {@link org.pekkochannels.http1.BodyReader} finds the end of the body. What is not certain is
 * refused ({@link org.pekkochannels.http1.RefusedRequestException}). Pekko HTTP gets what
 * {@link org.pekkochannels.http1.CanonicalHead} and the body readers write: one form for each meaning, which leaves its own
 * parser nothing to interpret.
 *
 * <p>Pure code: bytes in, bytes and values out; no threads, no clock, no server.
 */
@NullMarked
package org.pekkochannels.http1;

import org.jspecify.annotations.NullMarked;
