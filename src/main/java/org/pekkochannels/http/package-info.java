/** The default edge: Pekko's streams bring the bytes to a session, or to Pekko HTTP. */
@NullMarked
package org.pekkochannels.http;

import org.jspecify.annotations.NullMarked;
