/**
 * Spans of calls, and the trace context from thread to thread: a no-op, and a binding for OpenTelemetry.
 *
 * <p>Level 0, beside the metrics. Without OpenTelemetry's API on the class path everything here is a no-op. With the API alone a
 * call costs a look at the current context. Spans are made with an SDK. Applications use only
 * {@link org.pekkochannels.tracing.ChannelsTracing}.
 */
@NullMarked
package org.pekkochannels.tracing;

import org.jspecify.annotations.NullMarked;
