package org.pekkochannels.concurrent;

import java.util.regex.Pattern;

/**
 * Text of clients and of foreign code in a form that is safe in a log line or an exception message. A line break could forge a line, a
 * format character could reorder it, and a long text would fill the log.
 */
public final class Printable {
    private static final Pattern NOT_IN_LINES = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
    private static final Pattern NOT_IN_WORDS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Z}]");

    private Printable() {}

    /**
     * A text as a part of a line.
     *
     * @param most the number of characters that are kept; two dots follow if the text has more
     * @return the text, with a question mark for each control or format character and each separator of lines, including those beyond ASCII
     */
    public static String line(String text, int most) {
        return printable(text, most, NOT_IN_LINES);
    }

    /** Like {@link #line}, with a question mark for each space too, which could forge the next field of a line. */
    public static String word(String text, int most) {
        return printable(text, most, NOT_IN_WORDS);
    }

    private static String printable(String text, int most, Pattern others) {
        String shown = text.length() > most ? text.substring(0, most) + ".." : text;
        return others.matcher(shown).replaceAll("?");
    }
}
