/** Reads configuration once, at start, and refuses what is out of bounds with a message that names key, value and bounds. */
@NullMarked
package org.pekkochannels.settings;

import org.jspecify.annotations.NullMarked;
