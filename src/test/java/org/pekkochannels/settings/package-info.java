/** Settings within their bounds. */
@NullMarked
package org.pekkochannels.settings;

import org.jspecify.annotations.NullMarked;
