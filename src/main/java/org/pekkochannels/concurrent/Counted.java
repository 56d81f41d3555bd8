package org.pekkochannels.concurrent;

/** Numbers with a noun, for messages: "1 thread", "6 threads". Stateless. */
public final class Counted {
    private Counted() {}

    /**
     * A number and its noun.
     *
     * @param number the number
     * @param noun the noun in the singular, whose plural ends in {@code s}
     * @return the number, a space and the noun in its form for the number
     */
    public static String of(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
