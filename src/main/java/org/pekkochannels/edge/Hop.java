package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one proxy says of whoever came to it; immutable.
 *
 * @param client who came; nothing if the proxy does not say, or not so that it can be read
 * @param scheme {@code ws} or {@code wss}, if the proxy says whether it came over TLS
 */
record Hop(Optional<InetSocketAddress> client, Optional<String> scheme) {
    private static final Hop UNREADABLE = new Hop(Optional.empty(), Optional.empty());
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    // No escapes in quotes: neither an address nor a scheme needs one.
    private static final Pattern PAIR =
            Pattern.compile("[ \t]*(?:(" + TOKEN + ")=(?:(" + TOKEN + ")|\"([^\"\\\\]*)\"))?[ \t]*(;|$)");

    /** One element of {@code Forwarded}; one that is malformed anywhere says nothing. */
    static Hop forwarded(String element) {
        Map<String, String> pairs = new HashMap<>();
        Matcher pair = PAIR.matcher(element);
        for (int start = 0; start < element.length(); start = pair.end()) {
            if (!pair.region(start, element.length()).lookingAt()) {
                return UNREADABLE;
            }
            String name = pair.group(1);
            String value = pair.group(2) == null ? pair.group(3) : pair.group(2);
            // A name may be there once; nothing at all may stand between two semicolons.
            if (name != null && pairs.put(name.toLowerCase(Locale.ROOT), value) != null) {
                return UNREADABLE;
            }
        }
        return new Hop(
                Optional.ofNullable(pairs.get("for")).flatMap(Node::parse),
                Optional.ofNullable(pairs.get("proto")).flatMap(Hop::scheme));
    }

    /** One element of {@code X-Forwarded-For}, and one of {@code X-Forwarded-Proto}. */
    static Hop xForwarded(String client, String proto) {
        return new Hop(Node.parse(client), scheme(proto));
    }

    private static Optional<String> scheme(String proto) {
        return switch (proto.toLowerCase(Locale.ROOT)) {
            case "https", "wss" -> Optional.of("wss");
            case "http", "ws" -> Optional.of("ws");
            default -> Optional.empty();
        };
    }
}
