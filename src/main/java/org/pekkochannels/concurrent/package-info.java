/**
 * Tools for threads: stages that complete on their owner's executor, what each thread is running for which actor, work that a busy thread
 * offloads, and the rules for failures of foreign code.
 *
 * <p>Not API: public only because other packages use it, and may change without notice.
 *
 * <p>It is below all packages except the settings. The database and the consumers both return stages whose continuations must run on a
 * consumer's turn. The database rejects calls that would block a turn. Neither may depend on the other. The layer, and an edge with event
 * loops, must not block a loop. Metrics and tracing log their failures by the rules here.
 */
@NullMarked
package org.pekkochannels.concurrent;

import org.jspecify.annotations.NullMarked;
