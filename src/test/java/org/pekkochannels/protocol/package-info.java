/** Tests of what servers and consumers say to each other. */
@NullMarked
package org.pekkochannels.protocol;

import org.jspecify.annotations.NullMarked;
