package org.pekkochannels.http1;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a field's value as text. */
final class FieldValue {
    private FieldValue() {}

    /** A text without the blanks around it, which are these two (RFC 9110, section 5.6.3). */
    static String trimmed(String text) {
        return trimmed(text, 0, text.length());
    }

    /** A part of a text, without the blanks around it. */
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
     * The text of bytes that were read as Latin-1: in UTF-8 if they are well-formed, otherwise as they stand. A tab is a
     * space, which RFC 9110, section 5.5 allows and Pekko HTTP does, so that pages and consumers see the same.
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
