/**
 * Path patterns to applications.
 *
 * <p>A {@link org.pekkochannels.routing.Router} is an application made of {@link org.pekkochannels.routing.Route}s. It
 * looks for a route with the path alone, before anything is opened; that is how an inner router can say that it has none
 * without an exception or a refusal, and how an edge can ask beforehand.
 */
@NullMarked
package org.pekkochannels.routing;

import org.jspecify.annotations.NullMarked;
