package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One HTTP header field. The name is kept as written and compared case-insensitively.
 *
 * <p>Immutable. Rejects a name that is not a token (RFC 9110, section 5.6.2) and a value that contains control characters, which prevents
 * response splitting.
 *
 * @param name the field's name
 * @param value the field's value, without surrounding whitespace
 */
public record Header(String name, String value) {
    private static final boolean[] TOKEN_CHARACTERS = tokenCharacters();
    // Their values contain sessions, passwords and tokens.
    private static final List<String> SECRET =
            List.of("Cookie", "Set-Cookie", "Authorization", "Proxy-Authorization", "Sec-WebSocket-Protocol");

    /**
     * Checks both parts.
     *
     * @param name the field's name
     * @param value the field's value
     */
    public Header {
        requireNonNull(name, "the name of a header must not be null");
        requireNonNull(value, "the value of a header must not be null; use an empty one");
        if (!isToken(name)) {
            throw new IllegalArgumentException("header name must be a token of RFC 9110, was '" + name + "'");
        }
        if (hasControlCharacter(value)) {
            throw new IllegalArgumentException("value of header '" + name + "' must not contain control characters");
        }
    }

    /**
     * Whether the header has that name, ignoring case.
     *
     * @param other a header's name
     * @return whether the names are equal
     */
    public boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }

    /**
     * The header for a log or a message: without the value of a header that usually contains a secret, such as {@code Cookie} or
     * {@code Authorization}.
     *
     * @return name and value, or the name and a note
     */
    @Override
    public String toString() {
        return name + ": " + (SECRET.stream().anyMatch(this::is) ? "(not shown)" : value);
    }

    /**
     * Whether a text is a token (RFC 9110, section 5.6.2), as field names and methods must be.
     *
     * @param text the text
     * @return whether it is a token; false if it is empty
     */
    public static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenCharacter(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Responses are encoded in Latin-1; any other character would be replaced with a question mark. */
    static void requireSendable(Header header) {
        if (header.value().chars().anyMatch(c -> c > 0xFF)) {
            throw new IllegalArgumentException("value of header '" + header.name()
                    + "' must be Latin-1 in a response; percent-encode other characters");
        }
    }

    private static boolean hasControlCharacter(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < 0x20 && c != '\t') || c == 0x7f) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTokenCharacter(char c) {
        return c < TOKEN_CHARACTERS.length && TOKEN_CHARACTERS[c];
    }

    private static boolean[] tokenCharacters() {
        boolean[] characters = new boolean[128];
        for (char c = 0; c < characters.length; c++) {
            characters[c] = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }
        return characters;
    }
}
