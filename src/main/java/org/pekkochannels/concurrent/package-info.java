/**
 * Stages that complete where their owner wants them to, what each thread is doing for whom, work that a busy thread has
 * others do, and the rules for failures of code that is not ours.
 *
 * <p>Below all packages but the settings. Both the database and the consumers hand out stages whose continuations must run on
 * a consumer's own turn, the database refuses what would block one, and neither may know the other. The layer must not hold
 * up an event loop, nor may the edge that has such loops. Metrics and tracing log their own failures by the rules here.
 */
@NullMarked
package org.pekkochannels.concurrent;

import org.jspecify.annotations.NullMarked;
