/** Path patterns to applications. */
@NullMarked
package org.pekkochannels.routing;

import org.jspecify.annotations.NullMarked;
