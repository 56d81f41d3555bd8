/** Tests of patterns, routes and routers. */
@NullMarked
package org.pekkochannels.routing;

import org.jspecify.annotations.NullMarked;
