@NullMarked
package org.pekkochannels.tls;

import org.jspecify.annotations.NullMarked;
