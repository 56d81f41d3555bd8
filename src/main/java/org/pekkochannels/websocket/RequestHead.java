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
    private static final String LINE_END = "\r\n";

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
        String lines = new String(bytes, 0, length - LINE_END.length(), StandardCharsets.ISO_8859_1);
        String first = lines.substring(0, lines.indexOf(LINE_END));
        String[] request = first.split(" ", -1);
        if (request.length != 3 || !isPlain(first) || !request[2].startsWith("HTTP/1.")) {
            return Optional.empty();
        }
        try {
            List<Header> headers = headers(lines, first.length() + LINE_END.length());
            return Optional.of(new RequestHead(request[0], request[1], request[2], headers));
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
        List<String> values = new ArrayList<>(1);
        for (Header header : headers) {
            if (header.is(name)) {
                values.add(header.value());
            }
        }
        return values;
    }

    /**
     * The elements of a header field that is a list (RFC 9110, section 5.6.1), of all its lines.
     *
     * @param name the field's name, in any case
     * @return the elements, trimmed, without empty ones
     */
    public List<String> elements(String name) {
        List<String> elements = new ArrayList<>(1);
        for (String value : values(name)) {
            for (String element : value.split(",", -1)) {
                if (!element.isBlank()) {
                    elements.add(element.strip());
                }
            }
        }
        return elements;
    }

    // Loops here and in Header: streams, and a pattern compiled for each head, were a tenth of a handshake's Java time.
    private static List<Header> headers(String lines, int start) {
        List<Header> headers = new ArrayList<>();
        for (int at = start; at < lines.length(); ) {
            int end = lines.indexOf(LINE_END, at);
            headers.add(header(lines.substring(at, end)));
            at = end + LINE_END.length();
        }
        return headers;
    }

    /** Header refuses the empty name of a line without a colon, and a name with blanks in or around it. */
    private static Header header(String line) {
        int colon = line.indexOf(':');
        return new Header(shared(line.substring(0, Math.max(colon, 0))), shared(trimmed(line, colon + 1)));
    }

    /** Without the blanks around it, which are these two (RFC 9110, section 5.6.3): all others are refused with the value. */
    private static String trimmed(String line, int start) {
        int first = start;
        int end = line.length();
        while (first < end && isBlank(line.charAt(first))) {
            first++;
        }
        while (end > first && isBlank(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(first, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String shared(String text) {
        return COMMON.getOrDefault(text, text);
    }

    private static boolean isPlain(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c < 0x20 || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }
}
