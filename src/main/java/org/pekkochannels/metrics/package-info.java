/**
 * Binds the metrics to a Micrometer registry of the application.
 *
 * <p>Only an application whose registry is not part of Micrometer's global one needs
 * {@link org.pekkochannels.metrics.ChannelsMetrics}. The meters are in {@code metrics.instrument}.
 */
@NullMarked
package org.pekkochannels.metrics;

import org.jspecify.annotations.NullMarked;
