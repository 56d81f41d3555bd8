package org.pekkochannels.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the header {@code Cookie} as a server should (RFC 6265, section 5.4): pairs end at each semicolon, also within quotes, which no
 * cookie can contain. Only spaces and tabs around a name are left out. If other blanks were, as those of Unicode, a page of another subdomain
 * could set a cookie that counts as one whose prefix, such as {@code __Host-}, browsers protect. Takes time proportional to the header's
 * length. Stateless.
 */
final class Cookies {
    private Cookies() {}

    /** The values of the cookies of a name, in the request's order. */
    static List<String> named(String name, List<Header> headers) {
        return headers.stream()
                .filter(header -> header.is("Cookie"))
                .flatMap(header -> Arrays.stream(header.value().split(";")))
                .flatMap(pair -> value(name, pair))
                .toList();
    }

    /** A pair without an equals sign is not a cookie. */
    private static Stream<String> value(String name, String pair) {
        int equals = pair.indexOf('=');
        return equals >= 0 && trimmed(pair.substring(0, equals)).equals(name)
                ? Stream.of(unquoted(trimmed(pair.substring(equals + 1))))
                : Stream.empty();
    }

    private static String trimmed(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
