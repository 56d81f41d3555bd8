/**
 * Stages that complete where their owner wants them to, what each thread is doing for whom, and work that a busy thread has
 * others do.
 *
 * <p>Level 0, below both the database and the consumers: both hand out stages whose continuations must run on a
 * consumer's own turn, the database refuses what would block one, and neither may know the other; below the layer, which
 * must not hold up an event loop, and the edge that has such loops, for the same reason.
 */
@NullMarked
package org.pekkochannels.concurrent;

import org.jspecify.annotations.NullMarked;
