/**
 * Reads configuration once, at start. A value out of bounds fails with a message that names key, value and bounds.
 *
 * <p>Not API: public only because other packages use it, and may change without notice.
 */
@NullMarked
package org.pekkochannels.settings;

import org.jspecify.annotations.NullMarked;
