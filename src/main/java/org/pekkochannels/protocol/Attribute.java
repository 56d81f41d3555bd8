package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

/**
 * The key of a value that a middleware adds to a {@link Scope}, such as a session or a user. Immutable.
 *
 * @param name the name used in messages
 * @param type the class of the values
 * @param <T> the class of the values
 */
public record Attribute<T>(String name, Class<T> type) {
    /**
     * Checks name and class.
     *
     * @param name the name
     * @param type the class of the values; a primitive class fails with {@link IllegalArgumentException}, because no value is an instance
     *     of it
     */
    public Attribute {
        requireNonNull(name, "the name of an attribute must not be null");
        requireNonNull(type, "the class of an attribute must not be null");
        if (type.isPrimitive()) {
            throw new IllegalArgumentException("the class of the attribute '" + name + "' must not be primitive, was "
                    + type + "; use its wrapper, such as Integer.class");
        }
    }
}
