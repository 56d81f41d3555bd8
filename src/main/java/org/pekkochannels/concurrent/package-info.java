/**
 * Stages that complete where their owner wants them to.
 *
 * <p>Level 0, below both the database and the consumers: both hand out stages whose continuations must run on a
 * consumer's own turn, and neither may know the other.
 */
@NullMarked
package org.pekkochannels.concurrent;

import org.jspecify.annotations.NullMarked;
