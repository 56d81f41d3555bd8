package org.pekkochannels.example;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What of a stranger's text a database keeps and JSON carries. */
public final class Text {
    private Text() {}

    /**
     * The text without what PostgreSQL refuses, which is NUL, and what UTF-8 cannot say, which is half a surrogate pair.
     *
     * @param text any text, or none
     * @return a text that can be stored, empty if there was none
     */
    public static String storable(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String unicode = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return unicode.replace('\0', '\uFFFD');
    }

    /**
     * Fails with {@link IllegalArgumentException}, in words for the client, if the text is too long.
     *
     * @param what what the text is
     * @param text the text
     * @param max how many characters it may have
     */
    public static void checkLength(String what, String text, int max) {
        if (text.length() > max) {
            throw new IllegalArgumentException(what + " has at most " + max + " characters, was " + text.length());
        }
    }
}
