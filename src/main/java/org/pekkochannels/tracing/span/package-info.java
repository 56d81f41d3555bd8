/**
 * Spans of calls, and the trace context from thread to thread: a no-op, and a binding for OpenTelemetry.
 *
 * <p>Not API: public only because packages differ, and may change without notice.
 *
 * <p>Level 0, beside the metrics. Without OpenTelemetry's API on the class path everything here is a no-op. With the API alone a call costs
 * one read of the current context. Spans are created if an SDK is present.
 */
@NullMarked
package org.pekkochannels.tracing.span;

import org.jspecify.annotations.NullMarked;
