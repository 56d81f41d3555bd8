package org.pekkochannels.proxy;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pekkochannels.protocol.Header;

/**
 * What one proxy says about its client; immutable. Read in one pass, as a client may have written it.
 *
 * @param client who came; nothing if the proxy does not say, or not so that it can be read
 * @param scheme {@code ws} or {@code wss}, if the proxy says whether it came over TLS
 * @param host the host, perhaps with a port, that it was asked for, if the proxy says so
 */
record Hop(Optional<InetSocketAddress> client, Optional<String> scheme, Optional<String> host) {
    private static final Hop UNREADABLE = new Hop(Optional.empty(), Optional.empty(), Optional.empty());

    /** One element of {@code Forwarded}; one that is malformed anywhere says nothing. */
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

    /** Where the next semicolon outside quotes is, or the end. */
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

    /** Whether it is a pair, and the first of its name, or nothing at all, as may stand between two semicolons. */
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

    /** No escapes in quotes: neither an address nor a scheme or host needs one. */
    private static boolean isQuoted(String value) {
        return value.length() >= 2
                && value.startsWith("\"")
                && value.indexOf('"', 1) == value.length() - 1
                && value.indexOf('\\') < 0;
    }

    /** One element of {@code X-Forwarded-For}, of {@code X-Forwarded-Proto} and of {@code X-Forwarded-Host}. */
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
