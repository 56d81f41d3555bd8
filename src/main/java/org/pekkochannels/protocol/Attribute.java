package org.pekkochannels.protocol;

/**
 * The key of something that a middleware adds to a {@link Scope}, such as a session or a user; immutable.
 *
 * @param name for messages
 * @param type the values' class
 * @param <T> the values' class
 */
public record Attribute<T>(String name, Class<T> type) {}
