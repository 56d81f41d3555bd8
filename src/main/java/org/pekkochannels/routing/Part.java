package org.pekkochannels.routing;

/** A piece of a pattern; immutable. */
sealed interface Part {
    /**
     * Text that stands as it is.
     *
     * @param text the text
     */
    record Literal(String text) implements Part {}

    /**
     * A parameter.
     *
     * @param name its name
     * @param converter what it may be
     */
    record Parameter(String name, Converter converter) implements Part {}
}
