/**
 * Path patterns that lead to applications.
 *
 * <p>A {@link org.pekkochannels.routing.Router} is an application that consists of {@link org.pekkochannels.routing.Route}s. It finds a
 * route by the path alone, before a connection is opened. An inner router can therefore report that it has no route without an exception or
 * a refusal, and an edge can ask in advance.
 */
@NullMarked
package org.pekkochannels.routing;

import org.jspecify.annotations.NullMarked;
