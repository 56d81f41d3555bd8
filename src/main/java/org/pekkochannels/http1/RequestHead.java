package org.pekkochannels.http1;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pekkochannels.protocol.Header;

/**
 * The head of one request, strictly read (RFC 9112); immutable.
 *
 * <p>Its target is in origin-form without dot segments, or {@code *}. Where the client sent a whole URL, the URL's authority
 * stands in the place of the Host field (section 3.2.2).
 *
 * @param method the method, such as {@code GET}
 * @param target the path, and the query as it was sent
 * @param version {@code HTTP/1.0} or {@code HTTP/1.1}
 * @param headers the header fields in their order; a value is the text of its bytes in UTF-8, or in Latin-1 where they are
 *     not UTF-8
 */
public record RequestHead(String method, String target, String version, List<Header> headers) {
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
     * Reads a complete head.
     *
     * @param bytes hold the head, which ends with an empty line and has no CR or LF but at its lines' ends
     * @param start its first byte's index
     * @param length how many bytes it has
     * @param plain whether each byte is its character
     */
    static RequestHead parse(byte[] bytes, int start, int length, boolean plain) throws RefusedRequestException {
        String lines = lines(bytes, start, length);
        String first = lines.substring(0, lines.indexOf(LINE_END));
        RequestLine line = RequestLine.parse(first);
        List<Header> headers = fields(lines, first.length() + LINE_END.length(), plain);
        line.target().authority().ifPresent(authority -> replaceHost(headers, authority));
        return new RequestHead(line.method(), line.target().text(), line.version(), headers);
    }

    /** The lines of a section as text, each with its end, without the empty one that ends the section. */
    static String lines(byte[] bytes, int start, int length) {
        return new String(bytes, start, length - LINE_END.length(), StandardCharsets.ISO_8859_1);
    }

    /**
     * Reads the field lines from an index on. Folded lines, blanks before a colon and control characters are refused.
     *
     * <p>Loops here and in Header: streams, and a pattern compiled for each head, were a tenth of a handshake's Java time.
     */
    static List<Header> fields(String lines, int start, boolean plain) throws RefusedRequestException {
        List<Header> fields = new ArrayList<>();
        for (int at = start; at < lines.length(); ) {
            int end = lines.indexOf(LINE_END, at);
            fields.add(field(lines, at, end, plain));
            at = end + LINE_END.length();
        }
        return fields;
    }

    /**
     * The same head with fewer texts of its own, for those that keep it.
     *
     * @return an equal head
     */
    public RequestHead shared() {
        return new RequestHead(
                method,
                target,
                version,
                headers.stream().map(RequestHead::shared).toList());
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
     * @return the elements, without the blanks around them and without empty ones
     */
    public List<String> elements(String name) {
        List<String> elements = new ArrayList<>(1);
        for (String value : values(name)) {
            for (String element : value.split(",", -1)) {
                String trimmed = FieldValue.trimmed(element);
                if (!trimmed.isEmpty()) {
                    elements.add(trimmed);
                }
            }
        }
        return elements;
    }

    /**
     * Whether a list field has an element.
     *
     * @param name the field's name, in any case
     * @param element the element, in any case
     * @return whether one of its elements is that
     */
    public boolean has(String name, String element) {
        for (Header header : headers) {
            if (header.is(name) && isIn(header.value(), element)) {
                return true;
            }
        }
        return false;
    }

    /** Most lists have one element: then nothing is made. */
    private static boolean isIn(String list, String element) {
        if (list.length() < element.length()) {
            return false;
        } else if (list.indexOf(',') < 0) {
            return list.equalsIgnoreCase(element);
        }
        for (String each : list.split(",", -1)) {
            if (FieldValue.trimmed(each).equalsIgnoreCase(element)) {
                return true;
            }
        }
        return false;
    }

    /** Header refuses the empty name of a line without a colon, and a name with blanks in or around it. */
    private static Header field(String lines, int start, int end, boolean plain) throws RefusedRequestException {
        int found = lines.indexOf(':', start);
        // Without one there is no name, which Header refuses.
        int colon = found < 0 || found >= end ? start : found;
        String trimmed = FieldValue.trimmed(lines, Math.min(colon + 1, end), end);
        String value = plain ? trimmed : FieldValue.text(trimmed);
        try {
            return new Header(lines.substring(start, colon), value);
        } catch (IllegalArgumentException malformed) {
            // Not its words: they hold what was sent.
            throw RefusedRequestException.malformed(
                    "a header field must be a token, a colon and a value without control" + " characters, in one line");
        }
    }

    private static void replaceHost(List<Header> headers, String authority) {
        headers.removeIf(header -> header.is("Host"));
        headers.add(0, new Header("Host", authority));
    }

    private static Header shared(Header header) {
        String name = COMMON.getOrDefault(header.name(), header.name());
        String value = COMMON.getOrDefault(header.value(), header.value());
        return new Header(name, value);
    }
}
