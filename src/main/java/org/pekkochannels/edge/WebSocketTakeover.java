package org.pekkochannels.edge;

import org.apache.pekko.NotUsed;
import org.apache.pekko.http.impl.engine.server.UpgradeToOtherProtocolResponseHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.model.ws.WebSocketUpgrade;
import org.apache.pekko.http.scaladsl.model.HttpHeader;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.protocol.Acceptance;

/**
 * Hands an upgraded connection's bytes to a flow of ours instead of to Pekko HTTP's WebSocket messages.
 *
 * <p>The only place that names an internal class of Pekko HTTP: its public API shows neither close codes nor frames. The
 * 101 response is made by the public API, with the accept key and the subprotocol; then the header that tells the server
 * what to do with the socket is replaced. Thread-safe.
 */
final class WebSocketTakeover {
    private static final String PROTOCOL_SWITCH = "UpgradeToOtherProtocolResponseHeader";

    // Needed for the public API's 101, and replaced before it could run.
    private static final Flow<Message, Message, NotUsed> NEVER_RUN = Flow.create();

    private WebSocketTakeover() {}

    /** The 101 response after which {@code socket} gets the connection's bytes. */
    static HttpResponse response(
            WebSocketUpgrade upgrade, Acceptance acceptance, Flow<ByteString, ByteString, NotUsed> socket) {
        HttpResponse response = acceptance
                .subprotocol()
                .map(chosen -> upgrade.handleMessagesWith(NEVER_RUN, chosen))
                .orElseGet(() -> upgrade.handleMessagesWith(NEVER_RUN));
        if (response.getHeader(PROTOCOL_SWITCH).isEmpty()) {
            throw new IllegalStateException("Pekko HTTP's upgrade response has no header " + PROTOCOL_SWITCH
                    + ": this version of Pekko HTTP is not supported");
        }
        HttpHeader ours = new UpgradeToOtherProtocolResponseHeader(untyped(socket));
        return response.removeHeader(PROTOCOL_SWITCH).addHeader(ours);
    }

    @SuppressWarnings("unchecked") // nobody looks at what the flow materializes to
    private static org.apache.pekko.stream.scaladsl.Flow<ByteString, ByteString, Object> untyped(
            Flow<ByteString, ByteString, NotUsed> socket) {
        return (org.apache.pekko.stream.scaladsl.Flow<ByteString, ByteString, Object>)
                (org.apache.pekko.stream.scaladsl.Flow<ByteString, ByteString, ?>) socket.asScala();
    }
}
