/**
 * Benchmarks: a server of ours, its control on plain Pekko HTTP, and what JMH measures of the parts.
 *
 * <p>Never in the library's jar. {@code src/bench/README.md} says how to run them and what came of it.
 */
@NullMarked
package org.pekkochannels.bench;

import org.jspecify.annotations.NullMarked;
