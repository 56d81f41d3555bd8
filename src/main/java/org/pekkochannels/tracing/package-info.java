/**
 * Traces an application's calls with an OpenTelemetry instance that is not the global one.
 *
 * <p>The spans are created in {@code tracing.span}.
 */
@NullMarked
package org.pekkochannels.tracing;

import org.jspecify.annotations.NullMarked;
