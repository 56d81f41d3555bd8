/**
 * Meters: a no-op, and a binding for Micrometer.
 *
 * <p>Level 0: each package above registers its meters with {@link org.pekkochannels.metrics.Meters}, mostly as functions that
 * read existing counters, so that counting costs nothing until a registry reads them. Without Micrometer on the class path
 * everything here is a no-op. Applications use only {@link org.pekkochannels.metrics.ChannelsMetrics}, and only with a registry
 * that is not Micrometer's global one.
 */
@NullMarked
package org.pekkochannels.metrics;

import org.jspecify.annotations.NullMarked;
