package org.pekkochannels.concurrent;

/**
 * A behavior that itself starts each message with an empty thread context (MDC and OpenTelemetry's), and restores the thread's context
 * afterwards. A wrapper that did the same would read both contexts twice more per message.
 */
public interface OwnContext {}
