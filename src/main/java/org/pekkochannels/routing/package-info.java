/**
 * Path patterns to applications.
 *
 * <p>A {@link org.pekkochannels.routing.Router} is an application made of {@link org.pekkochannels.routing.Route}s. It finds a
 * route by the path alone, before anything is opened. So an inner router can report that it has no route, without an exception
 * or a refusal, and an edge can ask in advance.
 */
@NullMarked
package org.pekkochannels.routing;

import org.jspecify.annotations.NullMarked;
