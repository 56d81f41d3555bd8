package org.pekkochannels.websocket.codec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One extension that a client offers (RFC 6455, section 9.1). Immutable.
 *
 * @param name the extension
 * @param parameters its parameters, with or without a value
 */
record ExtensionOffer(String name, Map<String, Optional<String>> parameters) {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    ExtensionOffer {
        parameters = Map.copyOf(parameters);
    }

    /** The offers of a header, in the client's order of preference; malformed ones are ignored. */
    static Stream<ExtensionOffer> parse(String header) {
        return split(header, ',').stream().map(ExtensionOffer::offer).flatMap(Optional::stream);
    }

    private static Optional<ExtensionOffer> offer(String text) {
        List<String> parts = split(text, ';');
        String name = parts.get(0);
        Map<String, Optional<String>> parameters = new HashMap<>();
        for (String part : parts.subList(1, parts.size())) {
            if (!add(part, parameters)) {
                return Optional.empty();
            }
        }
        return isToken(name) ? Optional.of(new ExtensionOffer(name, parameters)) : Optional.empty();
    }

    /** Adds a parameter; returns whether it is well-formed and its name is new. */
    private static boolean add(String part, Map<String, Optional<String>> parameters) {
        int equals = part.indexOf('=');
        if (equals < 0) {
            return isToken(part) && parameters.put(part, Optional.empty()) == null;
        }
        String name = part.substring(0, equals).trim();
        String value = unquoted(part.substring(equals + 1).trim());
        return isToken(name) && isToken(value) && parameters.put(name, Optional.of(value)) == null;
    }

    // "When using the quoted-string syntax variant, the value after quoted-string unescaping MUST conform to token."
    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
    }

    /** Splits at a character outside quotes. */
    private static List<String> split(String text, char mark) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (character == '"') {
                quoted = !quoted;
            } else if (character == mark && !quoted) {
                parts.add(text.substring(start, at).trim());
                start = at + 1;
            }
        }
        parts.add(text.substring(start).trim());
        return parts;
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || TOKEN_MARKS.indexOf(c) >= 0);
    }
}
