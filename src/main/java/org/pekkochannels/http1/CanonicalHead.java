package org.pekkochannels.http1;

import java.util.function.Supplier;
import org.pekkochannels.protocol.Header;

/**
 * Writes a request's head in the one form that leaves nothing to interpret: a target in the grammar of URIs, one Host, one
 * decimal Content-Length or chunked, Connection reduced to close, keep-alive or Upgrade, every value in UTF-8.
 *
 * <p>Header fields that Connection names stay: to remove them would let a client remove what a proxy has added.
 */
public final class CanonicalHead {
    private static final String LINE_END = "\r\n";

    private CanonicalHead() {}

    /**
     * Writes the head of a request that is no upgrade; whatever it says of protocols to upgrade to is left out (RFC 9110,
     * section 7.8).
     *
     * @param request the request
     * @param own the server's own host and port, for a request that names none
     * @param out gets the bytes
     */
    public static void write(Request request, Supplier<String> own, ByteOutput out) {
        StringBuilder head = begin(request, own, false);
        if (request.isLast()) {
            head.append("Connection: close\r\n");
        } else if (request.head().version().equals("HTTP/1.0")) {
            head.append("Connection: keep-alive\r\n");
        }
        if (request.expectsContinue()) {
            head.append("Expect: 100-continue\r\n");
        }
        frame(head, request.framing());
        out.write(head.append(LINE_END).toString());
    }

    /**
     * Writes the head of a WebSocket handshake that has been checked.
     *
     * @param request the request
     * @param own the server's own host and port
     * @param out gets the bytes
     */
    public static void writeUpgrade(Request request, Supplier<String> own, ByteOutput out) {
        StringBuilder head = begin(request, own, true).append("Connection: Upgrade\r\nUpgrade: websocket\r\n");
        joined(head, request.head(), "Sec-WebSocket-Protocol");
        joined(head, request.head(), "Sec-WebSocket-Extensions");
        out.write(head.append(LINE_END).toString());
    }

    private static StringBuilder begin(Request request, Supplier<String> own, boolean upgrade) {
        RequestHead head = request.head();
        StringBuilder text = new StringBuilder(512)
                .append(head.method())
                .append(' ')
                .append(RequestTarget.encoded(head.target()))
                .append(' ')
                .append(head.version())
                .append(LINE_END);
        append(text, "Host", host(head, own));
        for (Header header : head.headers()) {
            if (!isRewritten(header) && !(upgrade && isOffer(header))) {
                append(text, header.name(), header.value());
            }
        }
        return text;
    }

    private static String host(RequestHead head, Supplier<String> own) {
        for (Header header : head.headers()) {
            if (header.is("Host") && !header.value().isEmpty()) {
                String value = header.value();
                return value.endsWith(":") ? value.substring(0, value.length() - 1) : value;
            }
        }
        return own.get();
    }

    private static void frame(StringBuilder head, BodyFraming framing) {
        if (framing.chunked()) {
            append(head, "Transfer-Encoding", "chunked");
        } else if (!framing.isEmpty()) {
            append(head, "Content-Length", Long.toString(framing.length()));
        }
    }

    private static void joined(StringBuilder text, RequestHead head, String name) {
        String all = String.join(", ", head.elements(name));
        if (!all.isEmpty()) {
            append(text, name, all);
        }
    }

    private static void append(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append(LINE_END);
    }

    /** By the length first, which tells nearly all others apart. */
    private static boolean isRewritten(Header header) {
        return switch (header.name().length()) {
            case 4 -> header.is("Host");
            case 6 -> header.is("Expect");
            case 7 -> header.is("Upgrade");
            case 10 -> header.is("Connection");
            case 14 -> header.is("Content-Length") || header.is("HTTP2-Settings");
            case 17 -> header.is("Transfer-Encoding");
            default -> false;
        };
    }

    /** Lists that a client may send in several lines, of which Pekko HTTP reads the first. */
    private static boolean isOffer(Header header) {
        return header.is("Sec-WebSocket-Protocol") || header.is("Sec-WebSocket-Extensions");
    }
}
