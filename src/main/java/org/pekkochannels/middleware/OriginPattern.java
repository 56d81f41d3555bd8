package org.pekkochannels.middleware;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of a list of allowed origins, by the rules of Channels' {@code OriginValidator}; immutable.
 *
 * <p>{@code example.com} is that host, with any scheme and port; {@code .example.com} is the domain and all below it; with
 * a scheme in front, as in {@code https://example.com:8443}, scheme and port must be the same too; {@code *} is anything.
 */
record OriginPattern(String text) {
    static final String ANY = "*";

    /** An origin as browsers send it: scheme, host and port, the latter by the scheme where it is not written. */
    record Origin(String scheme, String host, int port) {
        // URI.getHost knows none with an underscore, as containers' names may have.
        private static final Pattern AUTHORITY = Pattern.compile("([a-z0-9._-]+|\\[[0-9a-f:.]+])(?::([0-9]{1,5})?)?");

        static Optional<Origin> parse(String text) {
            try {
                URI uri = URI.create(text.toLowerCase(Locale.ROOT));
                return uri.getScheme() == null || uri.getRawAuthority() == null
                        ? Optional.empty()
                        : of(uri.getScheme(), AUTHORITY.matcher(uri.getRawAuthority()));
            } catch (IllegalArgumentException noUri) {
                return Optional.empty();
            }
        }

        private static Optional<Origin> of(String scheme, Matcher authority) {
            if (!authority.matches()) {
                return Optional.empty();
            }
            String port = authority.group(2);
            return Optional.of(new Origin(
                    scheme, authority.group(1), port == null ? defaultPort(scheme) : Integer.parseInt(port)));
        }

        static int defaultPort(String scheme) {
            return switch (scheme) {
                case "http", "ws" -> 80;
                case "https", "wss" -> 443;
                default -> -1;
            };
        }

        /** Whether a Host header names the same host and port, for a page of this origin. */
        boolean isHost(String host) {
            return parse(scheme + "://" + host).filter(this::equals).isPresent();
        }
    }

    OriginPattern {
        text = text.strip().toLowerCase(Locale.ROOT);
        if (!isValid(text)) {
            throw new IllegalArgumentException(
                    "must be a host, a .domain, scheme://host[:port] or '*' (a port needs its scheme)");
        }
    }

    boolean isAny() {
        return text.equals(ANY);
    }

    boolean matches(Origin origin) {
        return isAny()
                || Origin.parse(text.replace("://.", "://"))
                        .map(mine -> mine.scheme().equals(origin.scheme())
                                && mine.port() == origin.port()
                                && matchesHost(text.substring(text.indexOf("://") + 3), mine.host(), origin.host()))
                        .orElseGet(() -> matchesHost(text, text.replaceFirst("^\\.", ""), origin.host()));
    }

    /** A leading dot stands for the domain itself, and for everything below it. */
    private static boolean matchesHost(String pattern, String host, String actual) {
        return actual.equals(host) || (pattern.startsWith(".") && actual.endsWith("." + host));
    }

    private static boolean isValid(String text) {
        return text.equals(ANY)
                || text.matches("\\.?[a-z0-9_-]+(\\.[a-z0-9_-]+)*\\.?|\\[[0-9a-f:.]+]")
                || text.matches("[a-z][a-z0-9+.-]*://\\.?([a-z0-9._-]+|\\[[0-9a-f:.]+])(:[0-9]{1,5})?");
    }
}
