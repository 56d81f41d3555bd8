@NullMarked
package org.pekkochannels.identity;

import org.jspecify.annotations.NullMarked;
