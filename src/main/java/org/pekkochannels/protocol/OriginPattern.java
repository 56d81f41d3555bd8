package org.pekkochannels.protocol;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of a list of allowed origins, by the rules of Channels' {@code OriginValidator} with additions. Immutable.
 *
 * <ul>
 * <li>{@code example.com} is that host, with any scheme and port.
 * <li>{@code .example.com} is the domain and all its subdomains.
 * <li>{@code https://example.com:8443} and {@code capacitor://localhost} require the same scheme and port, too.
 * <li>{@code app://}, a scheme other than the web's, covers all its origins, with a host or, as {@code file://} is sent, without.
 * <li>{@code null} is the origin of pages that have none, such as sandboxed frames.
 * <li>{@code *} is any origin.
 * </ul>
 */
record OriginPattern(String text) {
    static final String ANY = "*";
    static final String OPAQUE = "null";

    private static final String MARK = "://";
    private static final Pattern PORT = Pattern.compile("://.*:([0-9]{1,5})$");
    private static final Pattern BRACKETS = Pattern.compile("\\[.*]");
    private static final String HOST = "\\.?[a-z0-9_-]+(\\.[a-z0-9_-]+)*\\.?|\\[[0-9a-f:.]+]";
    private static final Set<String> OF_THE_WEB = Set.of("http", "https", "ws", "wss");

    /** An origin as browsers send it: scheme, host and port; the scheme's default port if none is written. */
    record Origin(String scheme, String host, int port) {
        private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");
        private static final Pattern AUTHORITY = Pattern.compile("([a-z0-9._-]+|\\[[0-9a-f:.]+])(?::([0-9]{1,5})?)?");

        static Optional<Origin> parse(String text) {
            String lower = text.toLowerCase(Locale.ROOT);
            int mark = lower.indexOf(MARK);
            if (mark < 0) {
                return lower.equals(OPAQUE) ? Optional.of(new Origin(OPAQUE, "", -1)) : Optional.empty();
            }
            String scheme = lower.substring(0, mark);
            return SCHEME.matcher(scheme).matches() ? of(scheme, authority(lower, mark)) : Optional.empty();
        }

        /** Ends before a path, which browsers never send but other clients may. */
        private static String authority(String text, int mark) {
            int start = mark + MARK.length();
            int slash = text.indexOf('/', start);
            return text.substring(start, slash < 0 ? text.length() : slash);
        }

        private static Optional<Origin> of(String scheme, String authority) {
            if (authority.isEmpty() && !OF_THE_WEB.contains(scheme)) {
                return Optional.of(new Origin(scheme, "", -1));
            }
            Matcher parts = AUTHORITY.matcher(authority);
            if (!parts.matches()) {
                return Optional.empty();
            }
            String port = parts.group(2);
            return Optional.of(new Origin(
                    scheme, canonical(parts.group(1)), port == null ? defaultPort(scheme) : Integer.parseInt(port)));
        }

        /** The canonical form of an IPv6 address; any other host unchanged. */
        static String canonical(String host) {
            return host.startsWith("[") ? address(host).orElse(host) : host;
        }

        /** The canonical form of an IPv6 address in brackets; empty if the text is not one. */
        static Optional<String> address(String brackets) {
            try {
                // An address in brackets causes no DNS lookup.
                return Optional.of("[" + InetAddress.getAllByName(brackets)[0].getHostAddress() + "]");
            } catch (UnknownHostException noAddress) {
                return Optional.empty();
            }
        }

        static int defaultPort(String scheme) {
            return switch (scheme) {
                case "http", "ws" -> 80;
                case "https", "wss" -> 443;
                default -> -1;
            };
        }

        /** Whether a Host header names the same host and port, for a page of this origin. */
        boolean isHost(String named) {
            return parse(scheme + MARK + named).filter(this::equals).isPresent();
        }
    }

    OriginPattern {
        text = text.strip().toLowerCase(Locale.ROOT);
        if (!isValid(text)) {
            throw new IllegalArgumentException(
                    "must be a host, a .domain, scheme://host[:port], scheme:// (but not http,"
                            + " https, ws or wss), 'null' or '*', in ASCII (xn--..) (a port needs its scheme)");
        }
        requireSent(text);
        text = Origin.canonical(text);
    }

    /** Rejects patterns that are well-formed but never match, because browsers do not send such origins. */
    private static void requireSent(String text) {
        Matcher brackets = BRACKETS.matcher(text);
        if (brackets.find() && Origin.address(brackets.group()).isEmpty()) {
            throw new IllegalArgumentException(
                    "host in brackets must be an address: " + brackets.group() + " is not an IPv6 address");
        }
        if (text.startsWith("ws://") || text.startsWith("wss://")) {
            throw new IllegalArgumentException(
                    "must be the origin of a page, not the URL of a WebSocket: browsers send http"
                            + text.substring("ws".length()) + " for it");
        }
        Matcher port = PORT.matcher(text);
        if (port.find() && (Integer.parseInt(port.group(1)) < 1 || Integer.parseInt(port.group(1)) > 65_535)) {
            throw new IllegalArgumentException("port must be from 1 to 65535");
        }
    }

    boolean isAny() {
        return text.equals(ANY);
    }

    /** Whether this is the origin that browsers send for sandboxed frames of any site. */
    boolean isOpaque() {
        return text.equals(OPAQUE);
    }

    boolean matches(Origin origin) {
        int mark = text.indexOf(MARK);
        if (isAny() || isOpaque()) {
            return isAny() || origin.scheme().equals(OPAQUE);
        }
        if (mark < 0) {
            return matchesHost(text, origin.host());
        }
        String host = text.substring(mark + MARK.length());
        return host.isEmpty() ? origin.scheme().equals(text.substring(0, mark)) : matchesAll(origin);
    }

    private boolean matchesAll(Origin origin) {
        return Origin.parse(text)
                .filter(mine -> mine.scheme().equals(origin.scheme()) && mine.port() == origin.port())
                .filter(mine -> matchesHost(mine.host(), origin.host()))
                .isPresent();
    }

    /** A leading dot matches the domain itself and all its subdomains. */
    private static boolean matchesHost(String pattern, String actual) {
        return actual.equals(pattern)
                || (pattern.startsWith(".") && (actual.equals(pattern.substring(1)) || actual.endsWith(pattern)));
    }

    private static boolean isValid(String text) {
        return text.equals(ANY)
                || text.matches(HOST)
                || text.matches("[a-z][a-z0-9+.-]*://(" + HOST + ")(:[0-9]{1,5})?")
                // Electron sends it for local files.
                || (text.matches("[a-z][a-z0-9+.-]*://\\.") && isOfOtherScheme(text))
                || isScheme(text);
    }

    private static boolean isScheme(String text) {
        return text.matches("[a-z][a-z0-9+.-]*://") && isOfOtherScheme(text);
    }

    private static boolean isOfOtherScheme(String text) {
        return !OF_THE_WEB.contains(text.substring(0, text.indexOf(':')));
    }
}
