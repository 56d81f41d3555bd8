/** What an application's code may throw, and that it stays with the connection whose code it is. */
@NullMarked
package org.pekkochannels.guests;

import org.jspecify.annotations.NullMarked;
