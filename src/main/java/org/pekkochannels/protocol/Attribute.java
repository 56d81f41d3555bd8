package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

/**
 * The key of something that a middleware adds to a {@link Scope}, such as a session or a user; immutable.
 *
 * @param name for messages
 * @param type the values' class
 * @param <T> the values' class
 */
public record Attribute<T>(String name, Class<T> type) {
    /**
     * Checks name and class.
     *
     * @param name the name
     * @param type the values' class; a primitive one fails with {@link IllegalArgumentException}, as no value is of it
     */
    public Attribute {
        requireNonNull(name, "the name of an attribute must not be null");
        requireNonNull(type, "the class of an attribute must not be null");
        if (type.isPrimitive()) {
            throw new IllegalArgumentException(
                    "the class of the attribute '" + name + "' must not be primitive, as no value is of it, was " + type
                            + "; use Integer.class and the like");
        }
    }
}
