/** The contract of channel layers, held to layers that keep it and to layers that do not. */
@NullMarked
package org.pekkochannels.testkit;

import org.jspecify.annotations.NullMarked;
