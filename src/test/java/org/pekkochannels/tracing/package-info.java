@NullMarked
package org.pekkochannels.tracing;

import org.jspecify.annotations.NullMarked;
