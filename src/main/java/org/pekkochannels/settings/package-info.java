/**
 * Reads configuration once, at start. A value out of bounds fails with a message that names key, value and bounds.
 *
 * <p>Not API: public only because packages differ, and changed without notice.
 */
@NullMarked
package org.pekkochannels.settings;

import org.jspecify.annotations.NullMarked;
