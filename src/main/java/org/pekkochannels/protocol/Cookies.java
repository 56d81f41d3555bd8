package org.pekkochannels.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the header {@code Cookie} as a server should (RFC 6265, section 5.4): pairs end at each semicolon, also within quotes, which no
 * cookie can contain. Takes time proportional to the header's length. Stateless.
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
        return equals >= 0 && pair.substring(0, equals).strip().equals(name)
                ? Stream.of(unquoted(pair.substring(equals + 1).strip()))
                : Stream.empty();
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
