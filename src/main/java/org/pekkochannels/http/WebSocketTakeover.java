package org.pekkochannels.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.impl.engine.server.UpgradeToOtherProtocolResponseHeader;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.protocol.Acceptance;

/**
 * Hands an upgraded connection's bytes to a flow of ours instead of to Pekko HTTP's WebSocket messages.
 *
 * <p>The only place that names an internal class of Pekko HTTP, the header that tells the server what to do with the
 * socket: its public API shows neither close codes nor frames. The rest of the 101 is written here too (RFC 6455, section
 * 4.2.2), for the public API would first build a graph for messages that never run, a quarter of a handshake's work.
 * Thread-safe.
 */
final class WebSocketTakeover {
    private static final HttpHeader UPGRADE = RawHeader.create("Upgrade", "websocket");
    private static final HttpHeader CONNECTION = Connection.create("Upgrade");
    // What every server appends to every key (RFC 6455, section 1.3).
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private WebSocketTakeover() {}

    /**
     * The 101 response after which {@code socket} gets the connection's bytes.
     *
     * @param key the request's {@code Sec-WebSocket-Key}; that the request is an upgrade was found out by Pekko HTTP
     */
    static HttpResponse response(String key, Acceptance acceptance, Flow<ByteString, ByteString, NotUsed> socket) {
        List<HttpHeader> headers = new ArrayList<>();
        headers.add(UPGRADE);
        headers.add(CONNECTION);
        headers.add(RawHeader.create("Sec-WebSocket-Accept", answer(key)));
        acceptance.subprotocol().ifPresent(chosen -> headers.add(RawHeader.create("Sec-WebSocket-Protocol", chosen)));
        headers.addAll(Responses.headers(acceptance.headers()));
        headers.add(new UpgradeToOtherProtocolResponseHeader(untyped(socket)));
        return HttpResponse.create().withStatus(StatusCodes.SWITCHING_PROTOCOLS).withHeaders(headers);
    }

    private static String answer(String key) {
        byte[] hash = sha1().digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
        return Base64.getEncoder().encodeToString(hash);
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }

    @SuppressWarnings("unchecked") // nobody looks at what the flow materializes to
    private static org.apache.pekko.stream.scaladsl.Flow<ByteString, ByteString, Object> untyped(
            Flow<ByteString, ByteString, NotUsed> socket) {
        return (org.apache.pekko.stream.scaladsl.Flow<ByteString, ByteString, Object>)
                (org.apache.pekko.stream.scaladsl.Flow<ByteString, ByteString, ?>) socket.asScala();
    }
}
