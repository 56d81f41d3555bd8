package org.pekkochannels.edge;

import org.apache.pekko.NotUsed;
import org.apache.pekko.http.impl.engine.server.UpgradeToOtherProtocolResponseHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.protocol.Acceptance;

/**
 * Passes an upgraded connection's bytes to a flow of ours instead of to Pekko HTTP's WebSocket messages.
 *
 * <p>The only code that uses an internal class of Pekko HTTP. Its public API shows neither close codes nor frames, and detects an upgrade
 * only if the first line of {@code Connection} contains it. The header of that class defines what the server does with the socket after the
 * 101. Thread-safe.
 */
final class WebSocketTakeover {
    private WebSocketTakeover() {}

    /**
     * The 101 response after which a flow receives the connection's bytes.
     *
     * @param acceptKey the answer to the client's key
     */
    static HttpResponse response(
            String acceptKey, Acceptance acceptance, Flow<ByteString, ByteString, NotUsed> socket) {
        HttpResponse response = HttpResponse.create()
                .withStatus(StatusCodes.SWITCHING_PROTOCOLS)
                .addHeader(RawHeader.create("Upgrade", "websocket"))
                .addHeader(Connection.create("upgrade"))
                .addHeader(RawHeader.create("Sec-WebSocket-Accept", acceptKey));
        return acceptance
                .subprotocol()
                .map(chosen -> response.addHeader(RawHeader.create("Sec-WebSocket-Protocol", chosen)))
                .orElse(response)
                .addHeaders(Responses.headers(acceptance.headers()))
                .addHeader(new UpgradeToOtherProtocolResponseHeader(untyped(socket)));
    }

    @SuppressWarnings("unchecked") // the materialized value of the flow is not used
    private static org.apache.pekko.stream.scaladsl.Flow<ByteString, ByteString, Object> untyped(
            Flow<ByteString, ByteString, NotUsed> socket) {
        return (org.apache.pekko.stream.scaladsl.Flow<ByteString, ByteString, Object>)
                (org.apache.pekko.stream.scaladsl.Flow<ByteString, ByteString, ?>) socket.asScala();
    }
}
