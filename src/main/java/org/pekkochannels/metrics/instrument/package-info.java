/**
 * Meters: a no-op, and a binding for Micrometer.
 *
 * <p>Not API: public only because packages differ, and may change without notice.
 *
 * <p>Level 0: each package above registers its meters with {@link org.pekkochannels.metrics.instrument.Meters}, mostly as
 * functions that read existing counters, so that counting costs nothing until a registry reads them. Without Micrometer on the
 * class path everything here is a no-op.
 */
@NullMarked
package org.pekkochannels.metrics.instrument;

import org.jspecify.annotations.NullMarked;
