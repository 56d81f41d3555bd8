/** The event-loop edge over real sockets. */
@NullMarked
package org.pekkochannels.netty;

import org.jspecify.annotations.NullMarked;
