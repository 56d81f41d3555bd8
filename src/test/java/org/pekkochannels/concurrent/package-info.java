/** Tests of stages and turns. */
@NullMarked
package org.pekkochannels.concurrent;

import org.jspecify.annotations.NullMarked;
