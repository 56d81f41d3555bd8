/** Tests of the whole, and of the law between its packages. */
@NullMarked
package org.pekkochannels;

import org.jspecify.annotations.NullMarked;
