package org.pekkochannels.websocket;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pekkochannels.http1.RequestHead;
import org.pekkochannels.http1.RequestTarget;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/**
 * The opening handshake of RFC 6455, section 4.2, for edges that read the request themselves. Immutable.
 *
 * @see RequestHead
 */
public final class Handshake {
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private final RequestHead head;

    /**
     * The handshake of a request.
     *
     * @param head a request that {@link #isUpgrade}
     */
    public Handshake(RequestHead head) {
        this.head = head;
    }

    /**
     * Whether a request asks for an upgrade to WebSocket, correctly or not.
     *
     * @param head the request
     * @return whether its Upgrade header names WebSocket
     */
    public static boolean isUpgrade(RequestHead head) {
        return head.has("Upgrade", "websocket");
    }

    /**
     * What is wrong with the request, if anything.
     *
     * @return 400 or 426, with a text; empty if it may be accepted
     */
    public Optional<Refusal> complaint() {
        if (!head.method().equals("GET") || !head.version().equals("HTTP/1.1")) {
            return bad("a WebSocket handshake must be a GET of HTTP/1.1");
        }
        if (!head.has("Connection", "upgrade")) {
            return bad("a WebSocket handshake must have the header Connection: Upgrade");
        }
        if (!head.values("Sec-WebSocket-Version").equals(List.of("13"))) {
            Header version = new Header("Sec-WebSocket-Version", "13");
            return Optional.of(new Refusal(
                    426, List.of(version), "this server supports version 13 of WebSocket", Refusal.Reason.HANDSHAKE));
        }
        if (head.values("Sec-WebSocket-Key").size() != 1 || !isKey(key())) {
            return bad("Sec-WebSocket-Key must be 16 bytes in base64, once");
        }
        return head.values("Host").size() == 1 ? body() : bad("a request must have one Host header");
    }

    /**
     * The scope of the request.
     *
     * @param scheme {@code ws} or {@code wss}
     * @param client the client's address, if known
     * @param server the address that the client connected to
     * @return the scope; empty if the path is not percent-encoded UTF-8
     */
    public Optional<Scope> scope(String scheme, Optional<InetSocketAddress> client, InetSocketAddress server) {
        int mark = head.target().indexOf('?');
        String query = mark < 0 ? "" : head.target().substring(mark + 1);
        return RequestTarget.path(head.target())
                .map(path -> new Scope(
                        scheme,
                        path,
                        Scope.withoutLeadingSlashes(path),
                        query,
                        head.headers(),
                        head.elements("Sec-WebSocket-Protocol"),
                        client,
                        Optional.of(server),
                        Map.of(),
                        Map.of()));
    }

    /**
     * The response that opens the WebSocket.
     *
     * @param acceptance subprotocol and further headers
     * @return the head of the 101, in bytes
     */
    public byte[] accepted(Acceptance acceptance) {
        StringBuilder response = new StringBuilder(192)
                .append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
                .append("Sec-WebSocket-Accept: ")
                .append(acceptKey())
                .append("\r\n");
        acceptance.subprotocol().ifPresent(chosen -> append(response, new Header("Sec-WebSocket-Protocol", chosen)));
        acceptance.headers().forEach(header -> append(response, header));
        return response.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * The answer to the client's key.
     *
     * @return the value of {@code Sec-WebSocket-Accept}; only for a request without a {@link #complaint}
     */
    public String acceptKey() {
        return answer(key());
    }

    /**
     * The response of a refusal, after which the connection must be closed.
     *
     * @param refusal status, headers and body
     * @return the whole response, in bytes
     */
    public static byte[] refused(Refusal refusal) {
        byte[] body = refusal.body().getBytes(StandardCharsets.UTF_8);
        StringBuilder response = new StringBuilder(192)
                .append("HTTP/1.1 ")
                .append(refusal.status())
                .append(" \r\nConnection: close\r\nContent-Length: ")
                .append(body.length)
                .append("\r\n");
        if (refusal.headers().stream().noneMatch(header -> header.is("Content-Type"))) {
            response.append("Content-Type: text/plain; charset=UTF-8\r\n");
        }
        refusal.headers().stream()
                .filter(header -> !header.is("Content-Length") && !header.is("Connection"))
                .forEach(header -> append(response, header));
        byte[] start = response.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(start.length + body.length)
                .put(start)
                .put(body)
                .array();
    }

    private String key() {
        return head.values("Sec-WebSocket-Key").get(0);
    }

    /** The bytes of a body would be read as frames after the upgrade. */
    private Optional<Refusal> body() {
        boolean empty = head.values("Transfer-Encoding").isEmpty()
                && head.values("Content-Length").stream().allMatch("0"::equals);
        return empty ? Optional.empty() : bad("a WebSocket handshake must not have a body");
    }

    private static Optional<Refusal> bad(String why) {
        return Optional.of(Refusal.of(400, why).because(Refusal.Reason.HANDSHAKE));
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException noBase64) {
            return false;
        }
    }

    private static String answer(String key) {
        byte[] text = (key + MAGIC).getBytes(StandardCharsets.ISO_8859_1);
        return Base64.getEncoder().encodeToString(sha1().digest(text));
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }

    private static void append(StringBuilder response, Header header) {
        response.append(header.name()).append(": ").append(header.value()).append("\r\n");
    }
}
