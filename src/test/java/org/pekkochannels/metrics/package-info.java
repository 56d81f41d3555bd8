@NullMarked
package org.pekkochannels.metrics;

import org.jspecify.annotations.NullMarked;
