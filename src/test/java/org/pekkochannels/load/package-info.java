/** Load and malice over real sockets: what one client does must cost no other, and must leave nothing behind. */
@NullMarked
package org.pekkochannels.load;

import org.jspecify.annotations.NullMarked;
