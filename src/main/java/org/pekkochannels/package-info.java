/** Assembles settings, applications and server, starts them in order and stops them in order. */
@NullMarked
package org.pekkochannels;

import org.jspecify.annotations.NullMarked;
