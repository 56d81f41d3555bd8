/** Applications around applications. */
@NullMarked
package org.pekkochannels.middleware;

import org.jspecify.annotations.NullMarked;
