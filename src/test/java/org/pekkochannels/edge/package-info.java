@NullMarked
package org.pekkochannels.edge;

import org.jspecify.annotations.NullMarked;
