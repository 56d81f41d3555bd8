/**
 * What is counted: a no-op, and a Micrometer binding.
 *
 * <p>Level 0: each package above says what it measures to {@link org.pekkochannels.metrics.Meters}, mostly as functions that
 * read counters it has anyway, so that counting costs nothing where nobody looks. Without Micrometer on the class path all of
 * it is a no-op. Applications meet {@link org.pekkochannels.metrics.ChannelsMetrics} alone, and only where they have a
 * registry of their own.
 */
@NullMarked
package org.pekkochannels.metrics;

import org.jspecify.annotations.NullMarked;
