/**
 * Spans of calls, and the way of a trace from thread to thread: a no-op, and an OpenTelemetry binding.
 *
 * <p>Level 0, beside the metrics. Without OpenTelemetry's API on the class path all of it is a no-op. With the API alone a
 * call costs a look at the current context; spans are made when there is an SDK.
 */
@NullMarked
package org.pekkochannels.tracing;

import org.jspecify.annotations.NullMarked;
