package org.pekkochannels.http1;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * The target of a request (RFC 9112, section 3.2). Immutable.
 *
 * @param text a path without dot segments, with the query as sent; or {@code *}
 * @param authority host and port of a whole URL, if one was sent
 */
public record RequestTarget(String text, Optional<String> authority) {
    private static final String SERVER = "*";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    // Unencoded characters of a path and a query besides letters and digits (RFC 3986, appendix A).
    private static final String PLAIN = "-._~!$&'()*+,;=:@/?";

    static RequestTarget parse(String method, String target) throws RefusedRequestException {
        if (target.indexOf('#') >= 0) {
            throw RefusedRequestException.malformed("a request target must not have a fragment");
        } else if (method.equals("CONNECT")) {
            throw RefusedRequestException.malformed("this server is not a proxy: it does not support CONNECT");
        } else if (target.startsWith("/")) {
            return new RequestTarget(normal(target), Optional.empty());
        } else if (target.equals(SERVER) && method.equals("OPTIONS")) {
            return new RequestTarget(SERVER, Optional.empty());
        }
        return absolute(method, target);
    }

    /**
     * The decoded path of a target.
     *
     * @param target a path, possibly with a query
     * @return the path; empty if it does not begin with a slash or is not percent-encoded UTF-8
     */
    public static Optional<String> path(String target) {
        String raw = rawPath(target);
        if (!raw.startsWith("/")) {
            return Optional.empty();
        }
        return raw.indexOf('%') < 0 ? Optional.of(raw) : decoded(raw);
    }

    /**
     * The target with every character percent-encoded that is not in the grammar of URIs, and each percent sign of the query that does not
     * begin an encoding: browsers and libraries send {@code {"a":[1]}} unencoded, and parsers differ about it.
     */
    static String encoded(String target) {
        int first = firstToEncode(target);
        if (first == target.length()) {
            return target;
        }
        StringBuilder encoded = new StringBuilder(target.length() + 32).append(target, 0, first);
        for (int i = first; i < target.length(); i++) {
            char c = target.charAt(i);
            if (isKept(target, i)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.toHexDigits((byte) c));
            }
        }
        return encoded.toString();
    }

    private static int firstToEncode(String target) {
        int i = 0;
        while (i < target.length() && isKept(target, i)) {
            i++;
        }
        return i;
    }

    /** The URL's authority replaces Host. Its scheme is ignored, because the client did not connect by it. */
    private static RequestTarget absolute(String method, String target) throws RefusedRequestException {
        int colon = target.indexOf("://");
        if (colon < 0 || !isScheme(target.substring(0, colon))) {
            throw RefusedRequestException.malformed(
                    "a request target must be a path, a URL of http, https, ws or wss, or * for OPTIONS");
        }
        String rest = target.substring(colon + 3);
        int end = authorityEnd(rest);
        String authority = HostField.checked(rest.substring(0, end));
        if (authority.isEmpty()) {
            throw RefusedRequestException.malformed("the URL of a request must have a host");
        }
        return new RequestTarget(pathOf(method, rest.substring(end)), Optional.of(authority));
    }

    private static boolean isScheme(String scheme) {
        return switch (scheme.toLowerCase(Locale.ROOT)) {
            case "http", "https", "ws", "wss" -> true;
            default -> false;
        };
    }

    private static int authorityEnd(String rest) {
        for (int i = 0; i < rest.length(); i++) {
            if (rest.charAt(i) == '/' || rest.charAt(i) == '?') {
                return i;
            }
        }
        return rest.length();
    }

    /** An empty path of a URL means the root or, for OPTIONS, the server (section 3.2.4). */
    private static String pathOf(String method, String rest) throws RefusedRequestException {
        if (rest.isEmpty() && method.equals("OPTIONS")) {
            return SERVER;
        }
        return normal(rest.startsWith("/") ? rest : "/" + rest);
    }

    /**
     * Refuses dot segments, encoded ones too, because Pekko HTTP would remove them: a proxy, our router and a page must not see different
     * paths.
     */
    private static String normal(String target) throws RefusedRequestException {
        String raw = rawPath(target);
        if (path(raw).isEmpty()) {
            throw RefusedRequestException.malformed("a path must be percent-encoded UTF-8");
        }
        return mayHaveDots(raw) ? withoutDots(raw) + target.substring(raw.length()) : target;
    }

    private static boolean mayHaveDots(String path) {
        return path.contains("/.") || path.contains("%2e") || path.contains("%2E");
    }

    private static String withoutDots(String path) {
        Deque<String> kept = new ArrayDeque<>();
        String[] segments = path.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            String dots = segments[i].replace("%2e", ".").replace("%2E", ".");
            boolean isDots = dots.equals(".") || dots.equals("..");
            if (dots.equals("..")) {
                kept.pollLast();
            }
            if (!isDots) {
                kept.add(segments[i]);
            } else if (i == segments.length - 1) {
                kept.add("");
            }
        }
        return "/" + String.join("/", kept);
    }

    private static String rawPath(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    private static Optional<String> decoded(String raw) {
        ByteBuffer bytes = ByteBuffer.allocate(raw.length());
        try {
            for (int i = 0; i < raw.length(); i++) {
                bytes.put(
                        raw.charAt(i) == '%'
                                ? (byte) HexFormat.fromHexDigits(raw, ++i, ++i + 1)
                                : (byte) raw.charAt(i));
            }
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException | IndexOutOfBoundsException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static boolean isKept(String target, int index) {
        char c = target.charAt(index);
        return isPlain(c) || (c == '%' && isEncoding(target, index));
    }

    private static boolean isEncoding(String target, int percent) {
        return percent + 2 < target.length()
                && HexFormat.isHexDigit(target.charAt(percent + 1))
                && HexFormat.isHexDigit(target.charAt(percent + 2));
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || PLAIN.indexOf(c) >= 0;
    }
}
