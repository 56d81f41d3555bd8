/** The Pekko HTTP edge over real sockets, spoken to by clients that are not ours. */
@NullMarked
package org.pekkochannels.http;

import org.jspecify.annotations.NullMarked;
