package org.pekkochannels.routing;

/** A part of a pattern. Immutable. */
sealed interface Part {
    /**
     * Literal text.
     *
     * @param text the text
     */
    record Literal(String text) implements Part {}

    /**
     * A parameter.
     *
     * @param name its name
     * @param converter defines what it matches
     */
    record Parameter(String name, Converter converter) implements Part {}
}
