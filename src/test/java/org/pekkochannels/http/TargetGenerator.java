package org.pekkochannels.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes request targets, and says what path and query they stand for. */
final class TargetGenerator {
    private static final String PLAIN = "abcXYZ019-._~!$&'()*+,;=:@";
    private static final String ODD = "\"<>[\\]^`{|}";
    private static final List<String> ENCODED = List.of(
            "%41",
            "%2f",
            "%2F",
            "%20",
            "%25",
            "%3f",
            "%23",
            "%c3%a9",
            "%E2%82%AC",
            "%F0%9F%98%80",
            "%7e",
            "%0d%0a",
            "%00",
            "%7f",
            "%5c",
            "%3B",
            "%c2%80");
    private static final List<String> BAD =
            List.of("%", "%%", "%z", "%1", "%ff", "%c3", "%E2%82", "%u0041", "%0", "%-1");
    private static final List<String> DOTS = List.of(".", "..", "%2e", ".%2E", "%2e%2e", "...", ".a", "..a", "");
    private static final List<String> ORIGINS =
            List.of("http://url.example", "HTTPS://url.example:8443", "ws://[::1]:1", "wss://a_b", "http://1.2.3.4:");

    private final Random random;

    /** How a target is sent, and what it is: of a whole URL with a host, otherwise with an empty one. */
    record Target(String sent, String path, String query, String host) {}

    TargetGenerator(Random random) {
        this.random = random;
    }

    Target next(String method) {
        if (method.equals("OPTIONS") && random.nextBoolean()) {
            String origin = random.nextBoolean() ? "" : pick(ORIGINS);
            return new Target(origin.isEmpty() ? "*" : origin, "*", "", host(origin));
        }
        String origin = random.nextInt(8) == 0 ? pick(ORIGINS) : "";
        String path = !origin.isEmpty() && random.nextInt(3) == 0 ? "" : path();
        boolean queried = random.nextBoolean();
        String query = queried ? text(random.nextInt(12), true) : "";
        if (random.nextInt(300) == 0) {
            query = "?" + text(4000, true);
            queried = true;
        }
        boolean nothing = path.isEmpty() && !queried && method.equals("OPTIONS");
        return new Target(
                origin + path + (queried ? "?" + query : ""), nothing ? "*" : normal(path), query, host(origin));
    }

    private static String host(String origin) {
        return origin.replaceFirst("^[a-zA-Z]+://", "");
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            path.append('/').append(random.nextInt(4) == 0 ? pick(DOTS) : text(random.nextInt(8), false));
        }
        return path.toString();
    }

    private String text(int length, boolean query) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(8)) {
                case 0 -> text.append(ODD.charAt(random.nextInt(ODD.length())));
                case 1 -> text.append(pick(ENCODED));
                case 2 -> text.append(query ? pick(BAD) : "z");
                case 3 -> text.append(query ? pick(List.of("/", "?", "&", "=", "/../")) : "=");
                default -> text.append(PLAIN.charAt(random.nextInt(PLAIN.length())));
            }
        }
        return text.toString();
    }

    /** RFC 3986, section 5.2.4, where an encoded dot is one. */
    static String normal(String path) {
        List<String> kept = new ArrayList<>();
        List<String> segments =
                List.of((path.isEmpty() ? "/" : path).substring(1).split("/", -1));
        for (String segment : segments) {
            String dots = segment.replaceAll("(?i)%2e", ".");
            if (dots.equals("..") && !kept.isEmpty()) {
                kept.remove(kept.size() - 1);
            } else if (!dots.equals(".") && !dots.equals("..")) {
                kept.add(segment);
            }
        }
        String last = segments.get(segments.size() - 1).replaceAll("(?i)%2e", ".");
        if (last.equals(".") || last.equals("..")) {
            kept.add("");
        }
        return "/" + String.join("/", kept);
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
