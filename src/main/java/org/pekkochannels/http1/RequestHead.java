package org.pekkochannels.http1;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pekkochannels.protocol.Header;

/**
 * The head of one request, strictly parsed (RFC 9112). Immutable.
 *
 * <p>Its target is in origin-form without dot segments, or {@code *}. If the client sent a whole URL, the URL's authority replaces the Host
 * field (section 3.2.2).
 *
 * @param method the method, such as {@code GET}
 * @param target the path, and the query as sent
 * @param version {@code HTTP/1.0} or {@code HTTP/1.1}
 * @param headers the header fields in their order; a value is decoded as UTF-8, or as Latin-1 if it is not UTF-8
 */
public record RequestHead(String method, String target, String version, List<Header> headers) {
    private static final String LINE_END = "\r\n";

    // Names and values that nearly every upgrade contains. Sharing them saves some 500 bytes for as long as the
    // connection lasts, because
    // the scope keeps them.
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
     * Parses a complete head.
     *
     * @param bytes contain the head, which ends with an empty line and has CR and LF only at the ends of lines
     * @param start the index of its first byte
     * @param length the number of bytes
     * @param plain whether each byte equals its character
     */
    static RequestHead parse(byte[] bytes, int start, int length, boolean plain) throws RefusedRequestException {
        String lines = lines(bytes, start, length);
        String first = lines.substring(0, lines.indexOf(LINE_END));
        RequestLine line = RequestLine.parse(first);
        List<Header> headers = fields(lines, first.length() + LINE_END.length(), plain);
        line.target().authority().ifPresent(authority -> replaceHost(headers, authority));
        return new RequestHead(line.method(), line.target().text(), line.version(), headers);
    }

    /** The lines of a section as text, each with its end, without the empty line that ends the section. */
    static String lines(byte[] bytes, int start, int length) {
        return new String(bytes, start, length - LINE_END.length(), StandardCharsets.ISO_8859_1);
    }

    /**
     * Parses the field lines from an index on. Refuses folded lines, spaces before a colon and control characters.
     *
     * <p>Uses loops, as Header does: streams, and a pattern compiled per head, took a tenth of a handshake's Java time.
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
     * The same head with shared texts, for code that keeps it for long.
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
     * @return the values; empty if the field is absent
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
     * The elements of a list field (RFC 9110, section 5.6.1), from all its lines.
     *
     * @param name the field's name, in any case
     * @return the elements, without surrounding whitespace and without empty ones
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
     * @return whether an element is equal
     */
    public boolean has(String name, String element) {
        for (Header header : headers) {
            if (header.is(name) && isIn(header.value(), element)) {
                return true;
            }
        }
        return false;
    }

    /** Most lists have one element, for which nothing is allocated. */
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

    /** Header rejects the empty name of a line without a colon, and a name with spaces in or around it. */
    private static Header field(String lines, int start, int end, boolean plain) throws RefusedRequestException {
        int found = lines.indexOf(':', start);
        // Without a colon the name is empty, which Header rejects.
        int colon = found < 0 || found >= end ? start : found;
        String trimmed = FieldValue.trimmed(lines, Math.min(colon + 1, end), end);
        String value = plain ? trimmed : FieldValue.text(trimmed);
        try {
            return new Header(lines.substring(start, colon), value);
        } catch (IllegalArgumentException malformed) {
            // Header's message is not used, because it contains the client's input.
            throw RefusedRequestException.malformed(
                    "a header field must be a token, a colon and a value without control characters, in one line");
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
