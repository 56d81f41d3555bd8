/** The promises to users, kept by whole applications over real sockets. */
@NullMarked
package org.pekkochannels;

import org.jspecify.annotations.NullMarked;
