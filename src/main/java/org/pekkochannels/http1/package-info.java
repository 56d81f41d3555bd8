/**
 * The one strict reader of every HTTP/1 request: its head, the framing and the end of its body, and the canonical form in which it is
 * passed on (RFC 9112). Not API.
 *
 * <p>Request smuggling needs two readers that interpret one request differently. So every request of a connection is read here and nowhere
 * else: {@link org.pekkochannels.http1.HeadReader} finds the end of the head, {@link org.pekkochannels.http1.RequestHead} parses it,
 * {@link org.pekkochannels.http1.Request} determines host, framing and expectations, and a {@link org.pekkochannels.http1.BodyReader} finds
 * the end of the body. Ambiguous requests are refused ({@link org.pekkochannels.http1.RefusedRequestException}). Pekko HTTP receives the
 * output of {@link org.pekkochannels.http1.CanonicalHead} and the body readers: one form per meaning, which leaves its parser nothing to
 * interpret.
 *
 * <p>Pure code: bytes in, bytes and values out; no threads, no clock, no server.
 */
@NullMarked
package org.pekkochannels.http1;

import org.jspecify.annotations.NullMarked;
