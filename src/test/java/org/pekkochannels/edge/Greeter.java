package org.pekkochannels.edge;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.websocket.Transport;
import org.pekkochannels.websocket.TransportListener;

/**
 * Answers whatever comes first, and hands the connection over.
 *
 * @param connection the connection
 * @param endpoint gets it
 */
public record Greeter(Attachable connection, TransportListener endpoint) implements TransportListener {
    private static final byte[] NOTHING = {};
    private static final byte[] ANSWER = "HTTP/1.1 101 \r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What {@link Reception.Host} has of this name. */
    public interface Attachable {
        /** Hands the connection over. */
        void attach(SocketUser user, byte[] greeting, byte[] early);
    }

    @Override
    public void opened(Transport opened) {}

    @Override
    public void bytes(byte[] window, int offset, int length) {
        connection.attach(SocketUser.of(endpoint), ANSWER, NOTHING);
    }

    @Override
    public void readDone() {}

    @Override
    public void drained() {}

    @Override
    public void lost(@Nullable Throwable why) {}
}
