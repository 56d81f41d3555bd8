/** The Pekko HTTP edge: HTTP server, routes, upgrade request to scope, the socket's bytes to a session. */
@NullMarked
package org.pekkochannels.http;

import org.jspecify.annotations.NullMarked;
