package org.pekkochannels.websocket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pekkochannels.protocol.Header;

/**
 * The head of one HTTP/1.1 request, strictly read (RFC 9112); immutable.
 *
 * @param method the method, such as {@code GET}
 * @param target the request target as it was sent
 * @param version the version, such as {@code HTTP/1.1}
 * @param headers the header fields in their order
 */
public record RequestHead(String method, String target, String version, List<Header> headers) {
    private static final byte[] END = {'\r', '\n', '\r', '\n'};

    // Names and values that nearly every upgrade has: the scope keeps them as long as the connection lasts, some 500
    // bytes.
    private static final Map<String, String> COMMON = Stream.of(
                    "Host",
                    "Connection",
                    "Upgrade",
                    "Origin",
                    "User-Agent",
                    "Cookie",
                    "Accept-Encoding",
                    "Accept-Language",
                    "Cache-Control",
                    "Pragma",
                    "Sec-WebSocket-Key",
                    "Sec-WebSocket-Version",
                    "Sec-WebSocket-Extensions",
                    "Sec-WebSocket-Protocol",
                    "websocket",
                    "13",
                    "keep-alive, Upgrade",
                    "no-cache")
            .collect(Collectors.toUnmodifiableMap(text -> text, text -> text));

    /**
     * Copies the headers.
     *
     * @param method the method
     * @param target the request target
     * @param version the version
     * @param headers the header fields
     */
    public RequestHead {
        headers = List.copyOf(headers);
    }

    /**
     * How long the head at the beginning of some bytes is.
     *
     * @param bytes what has come so far
     * @param seen how many of them have been looked at before
     * @param length how many of the bytes count
     * @return its length with the empty line that ends it, or -1 if it has not come completely
     */
    public static int length(byte[] bytes, int seen, int length) {
        for (int i = Math.max(0, seen - END.length + 1); i <= length - END.length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                return i + END.length;
            }
        }
        return -1;
    }

    /**
     * Reads a complete head.
     *
     * <p>Folded lines, blanks before a colon, bare line feeds and control characters are not taken: what two readers may
     * read in two ways is how requests are smuggled.
     *
     * @param bytes the head and perhaps more
     * @param length the head's {@link #length(byte[], int, int) length}
     * @return the head; nothing if it is malformed
     */
    public static Optional<RequestHead> parse(byte[] bytes, int length) {
        String[] lines = new String(bytes, 0, length - END.length, StandardCharsets.ISO_8859_1).split("\r\n", -1);
        String[] request = lines[0].split(" ", -1);
        if (request.length != 3 || !isPlain(lines[0]) || !request[2].startsWith("HTTP/1.")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new RequestHead(request[0], request[1], request[2], headers(lines)));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /**
     * All values of one header field, in their order.
     *
     * @param name the field's name, in any case
     * @return the values, none if there is no such field
     */
    public List<String> values(String name) {
        return headers.stream()
                .filter(header -> header.is(name))
                .map(Header::value)
                .toList();
    }

    /**
     * The elements of a header field that is a list (RFC 9110, section 5.6.1), of all its lines.
     *
     * @param name the field's name, in any case
     * @return the elements, trimmed, without empty ones
     */
    public List<String> elements(String name) {
        return values(name).stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .map(String::strip)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    private static List<Header> headers(String[] lines) {
        List<Header> headers = new ArrayList<>(lines.length - 1);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            // Header refuses the empty name of a line without a colon, and a name with blanks in or around it.
            headers.add(new Header(
                    shared(lines[i].substring(0, Math.max(colon, 0))),
                    shared(lines[i].substring(colon + 1).strip())));
        }
        return headers;
    }

    private static String shared(String text) {
        return COMMON.getOrDefault(text, text);
    }

    private static boolean isPlain(String line) {
        return line.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    }
}
