@NullMarked
package org.pekkochannels.proxy;

import org.jspecify.annotations.NullMarked;
