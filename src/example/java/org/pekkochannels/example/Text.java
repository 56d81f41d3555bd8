package org.pekkochannels.example;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Makes text from clients fit for a database and for JSON. */
public final class Text {
    private Text() {}

    /**
     * The text without characters that PostgreSQL rejects (NUL) or UTF-8 cannot encode (half a surrogate pair).
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
     * Fails with {@link IllegalArgumentException}, with a message for the client, if the text is too long.
     *
     * @param what the name of the text
     * @param text the text
     * @param max the maximum number of characters
     */
    public static void checkLength(String what, String text, int max) {
        if (text.length() > max) {
            throw new IllegalArgumentException(what + " has at most " + max + " characters, was " + text.length());
        }
    }
}
