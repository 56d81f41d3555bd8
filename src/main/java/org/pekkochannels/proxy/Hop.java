package org.pekkochannels.proxy;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pekkochannels.protocol.Header;

/**
 * What one proxy reports about its client. Immutable. Parsed in one pass, because a client may have written it.
 *
 * @param client the client's address; empty if it is missing or not readable
 * @param scheme {@code ws} or {@code wss}, if reported
 * @param host the requested host, possibly with a port, if reported
 */
record Hop(Optional<InetSocketAddress> client, Optional<String> scheme, Optional<String> host) {
    private static final Hop UNREADABLE = new Hop(Optional.empty(), Optional.empty(), Optional.empty());

    /** Parses one element of {@code Forwarded}. If any part is malformed, the whole element is ignored. */
    static Hop forwarded(String element) {
        Map<String, String> pairs = new HashMap<>();
        for (int start = 0; start <= element.length(); ) {
            int end = endOfPair(element, start);
            if (!read(element.substring(start, end).trim(), pairs)) {
                return UNREADABLE;
            }
            start = end + 1;
        }
        return new Hop(
                Optional.ofNullable(pairs.get("for")).flatMap(Node::parse),
                Optional.ofNullable(pairs.get("proto")).flatMap(Hop::scheme),
                host(pairs.getOrDefault("host", "")));
    }

    /** The index of the next semicolon outside quotes, or the end. */
    private static int endOfPair(String element, int start) {
        boolean quoted = false;
        for (int i = start; i < element.length(); i++) {
            quoted ^= element.charAt(i) == '"';
            if (element.charAt(i) == ';' && !quoted) {
                return i;
            }
        }
        return element.length();
    }

    /** Reads one pair. Returns whether it is well-formed and its name is new; an empty text between two semicolons is permitted. */
    private static boolean read(String pair, Map<String, String> pairs) {
        int equals = pair.indexOf('=');
        if (equals < 0) {
            return pair.isEmpty();
        }
        String name = pair.substring(0, equals);
        String value = pair.substring(equals + 1);
        boolean quoted = isQuoted(value);
        return Header.isToken(name)
                && (quoted || Header.isToken(value))
                && pairs.put(name.toLowerCase(Locale.ROOT), quoted ? value.substring(1, value.length() - 1) : value)
                        == null;
    }

    /** Escapes in quotes are rejected: addresses, schemes and hosts do not need them. */
    private static boolean isQuoted(String value) {
        return value.length() >= 2
                && value.startsWith("\"")
                && value.indexOf('"', 1) == value.length() - 1
                && value.indexOf('\\') < 0;
    }

    /** Parses one element each of {@code X-Forwarded-For}, {@code X-Forwarded-Proto} and {@code X-Forwarded-Host}. */
    static Hop xForwarded(String client, String proto, String host) {
        return new Hop(Node.parse(client), scheme(proto), host(host));
    }

    private static Optional<String> host(String text) {
        return Optional.of(text).filter(host -> !host.isEmpty());
    }

    private static Optional<String> scheme(String proto) {
        return switch (proto.toLowerCase(Locale.ROOT)) {
            case "https", "wss" -> Optional.of("wss");
            case "http", "ws" -> Optional.of("ws");
            default -> Optional.empty();
        };
    }
}
