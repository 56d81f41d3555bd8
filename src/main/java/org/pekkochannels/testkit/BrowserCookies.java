package org.pekkochannels.testkit;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The cookies of one browser, all of one host (RFC 6265). Thread-safe. */
final class BrowserCookies {
    private final Clock clock;
    private final Map<Key, Cookie> kept = new LinkedHashMap<>();

    BrowserCookies(Clock clock) {
        this.clock = clock;
    }

    private record Key(String name, String path) {
        /** RFC 6265, section 5.1.4. */
        boolean isFor(String requested) {
            return requested.equals(path)
                    || (requested.startsWith(path) && (path.endsWith("/") || requested.charAt(path.length()) == '/'));
        }
    }

    private record Cookie(String pair, Instant expires) {}

    /** Keeps, replaces or removes a cookie: {@code header} is the value of a header Set-Cookie. */
    synchronized void set(String header, String target) {
        String[] parts = header.split(";", -1);
        String pair = parts[0].trim();
        int equals = pair.indexOf('=');
        if (equals > 0) {
            Map<String, String> attributes = attributes(parts);
            Key key = new Key(pair.substring(0, equals), path(attributes.get("path"), target));
            Instant expires = expires(attributes);
            kept.remove(key);
            if (expires.isAfter(clock.instant())) {
                kept.put(key, new Cookie(pair, expires));
            }
        }
    }

    private static Map<String, String> attributes(String[] parts) {
        return Stream.of(parts)
                .skip(1)
                .map(part -> part.trim().split("=", 2))
                .collect(Collectors.toMap(
                        part -> part[0].toLowerCase(Locale.ROOT),
                        part -> part.length == 1 ? "" : part[1],
                        (first, last) -> last));
    }

    /** By default the directory of the request's path. */
    private static String path(@Nullable String attribute, String target) {
        if (attribute != null && attribute.startsWith("/")) {
            return attribute;
        }
        String requested = pathOf(target);
        int slash = requested.lastIndexOf('/');
        return slash <= 0 ? "/" : requested.substring(0, slash);
    }

    private static String pathOf(String target) {
        return target.split("[?]", 2)[0];
    }

    private Instant expires(Map<String, String> attributes) {
        try {
            String age = attributes.get("max-age");
            String date = attributes.get("expires");
            if (age != null) {
                return clock.instant().plusSeconds(Long.parseLong(age));
            }
            return date == null ? Instant.MAX : DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
        } catch (NumberFormatException | DateTimeException | ArithmeticException ignoredAttribute) {
            return Instant.MAX;
        }
    }

    /** The value of the header Cookie. */
    synchronized Optional<String> header(String target) {
        Instant now = clock.instant();
        kept.values().removeIf(cookie -> !cookie.expires().isAfter(now));
        String requested = pathOf(target);
        String pairs = kept.entrySet().stream()
                .filter(entry -> entry.getKey().isFor(requested))
                .map(entry -> entry.getValue().pair())
                .collect(Collectors.joining("; "));
        return pairs.isEmpty() ? Optional.empty() : Optional.of(pairs);
    }
}
