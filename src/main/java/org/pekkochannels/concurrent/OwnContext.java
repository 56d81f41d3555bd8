package org.pekkochannels.concurrent;

/**
 * A behavior that begins each message with an empty thread context (MDC and OpenTelemetry's), and puts the thread's own back, by
 * itself. To do so once more around it would look at both contexts twice more for each message.
 */
public interface OwnContext {}
