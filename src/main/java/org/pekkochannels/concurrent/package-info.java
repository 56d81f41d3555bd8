/**
 * Stages that complete where their owner wants them to, and what each thread is doing for whom.
 *
 * <p>Level 0, below both the database and the consumers: both hand out stages whose continuations must run on a
 * consumer's own turn, the database refuses what would block one, and neither may know the other.
 */
@NullMarked
package org.pekkochannels.concurrent;

import org.jspecify.annotations.NullMarked;
