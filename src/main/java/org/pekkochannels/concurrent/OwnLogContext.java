package org.pekkochannels.concurrent;

/**
 * A behavior that begins each message with an empty logging context (MDC), and puts the thread's own back, by itself. To do so
 * once more around it would cost two looks at the context for each message.
 */
public interface OwnLogContext {}
