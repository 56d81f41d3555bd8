package org.pekkochannels.http1;

import java.util.function.Supplier;
import org.pekkochannels.protocol.Header;

/**
 * Writes a request's head in one unambiguous form: a target in the grammar of URIs, one Host, one decimal Content-Length or chunked,
 * Connection reduced to close, keep-alive or Upgrade, every value in UTF-8.
 *
 * <p>Header fields named by Connection are kept: removing them would let a client remove fields that a proxy has added.
 */
public final class CanonicalHead {
    private static final String LINE_END = "\r\n";

    private CanonicalHead() {}

    /**
     * Writes the head of an ordinary request, without any offer to upgrade to another protocol (RFC 9110, section 7.8).
     *
     * @param request the request
     * @param own the server's own host and port, for a request without one
     * @param out receives the bytes
     */
    public static void write(Request request, Supplier<String> own, ByteOutput out) {
        begin(request, own, false, out);
        if (request.isLast()) {
            out.write("Connection: close\r\n");
        } else if (request.head().version().equals("HTTP/1.0")) {
            out.write("Connection: keep-alive\r\n");
        }
        if (request.expectsContinue()) {
            out.write("Expect: 100-continue\r\n");
        }
        frame(request.framing(), out);
        out.write(LINE_END);
    }

    /**
     * Writes the head of a WebSocket handshake that has been checked.
     *
     * @param request the request
     * @param own the server's own host and port
     * @param out receives the bytes
     */
    public static void writeUpgrade(Request request, Supplier<String> own, ByteOutput out) {
        begin(request, own, true, out);
        out.write("Connection: Upgrade\r\nUpgrade: websocket\r\n");
        join(request.head(), "Sec-WebSocket-Protocol", out);
        join(request.head(), "Sec-WebSocket-Extensions", out);
        out.write(LINE_END);
    }

    private static void begin(Request request, Supplier<String> own, boolean upgrade, ByteOutput out) {
        RequestHead head = request.head();
        String target = RequestTarget.encoded(head.target());
        out.reserve(size(head, target));
        out.write(head.method());
        out.write(" ");
        out.write(target);
        out.write(" ");
        out.write(head.version());
        out.write(LINE_END);
        field("Host", host(head, own), out);
        for (Header header : head.headers()) {
            if (!isRewritten(header) && !(upgrade && isOffer(header))) {
                field(header.name(), header.value(), out);
            }
        }
    }

    /** The approximate size of the head. */
    private static int size(RequestHead head, String target) {
        int size = 192 + target.length();
        for (Header header : head.headers()) {
            size += header.name().length() + header.value().length() + 4;
        }
        return size;
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

    private static void frame(BodyFraming framing, ByteOutput out) {
        if (framing.chunked()) {
            field("Transfer-Encoding", "chunked", out);
        } else if (!framing.isEmpty()) {
            field("Content-Length", Long.toString(framing.length()), out);
        }
    }

    private static void join(RequestHead head, String name, ByteOutput out) {
        String all = String.join(", ", head.elements(name));
        if (!all.isEmpty()) {
            field(name, all, out);
        }
    }

    private static void field(String name, String value, ByteOutput out) {
        out.write(name);
        out.write(": ");
        out.write(value);
        out.write(LINE_END);
    }

    /** Compares the length first, which excludes nearly all other fields. */
    private static boolean isRewritten(Header header) {
        return switch (header.name().length()) {
            case 4 -> header.is("Host");
            case 6 -> header.is("Expect");
            case 7 -> header.is("Upgrade");
            case 10 -> header.is("Connection");
            // Pekko HTTP searches the class path's providers for each name in Accept-Charset, which takes milliseconds:
            // some kilobytes of
            // names would occupy its threads for a minute. Servers may ignore the field (RFC 9110, section 12.5.2).
            case 14 -> header.is("Content-Length") || header.is("HTTP2-Settings") || header.is("Accept-Charset");
            case 17 -> header.is("Transfer-Encoding");
            default -> false;
        };
    }

    /** Lists that a client may send in several lines, of which Pekko HTTP reads only the first. */
    private static boolean isOffer(Header header) {
        return header.is("Sec-WebSocket-Protocol") || header.is("Sec-WebSocket-Extensions");
    }
}
