package org.pekkochannels.http1;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Converts the bytes of a field's value to text. */
final class FieldValue {
    private FieldValue() {}

    /** A text without surrounding whitespace, which is space and tab (RFC 9110, section 5.6.3). */
    static String trimmed(String text) {
        return trimmed(text, 0, text.length());
    }

    /** A part of a text, without surrounding whitespace. */
    static String trimmed(String text, int start, int end) {
        int first = start;
        int last = end;
        while (first < last && isBlank(text.charAt(first))) {
            first++;
        }
        while (last > first && isBlank(text.charAt(last - 1))) {
            last--;
        }
        return text.substring(first, last);
    }

    /**
     * Decodes bytes that were read as Latin-1: as UTF-8 if they are well-formed, otherwise unchanged. A tab becomes a space, which RFC
     * 9110, section 5.5 allows and Pekko HTTP does, so that pages and consumers see the same value.
     */
    static String text(String latin1) {
        String spaced = latin1.indexOf('\t') < 0 ? latin1 : latin1.replace('\t', ' ');
        return isAscii(spaced) ? spaced : decoded(spaced);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String decoded(String latin1) {
        ByteBuffer bytes = ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1));
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException notUtf8) {
            return latin1;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
