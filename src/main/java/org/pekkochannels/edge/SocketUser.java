package org.pekkochannels.edge;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.websocket.Transport;
import org.pekkochannels.websocket.TransportListener;

/**
 * A user of a connection's bytes.
 *
 * @param listener receives them
 * @param started receives the transport just before bytes flow
 * @param stopped runs when the connection has ended
 */
public record SocketUser(TransportListener listener, Consumer<Transport> started, Runnable stopped) {
    /** No user yet. */
    public static final SocketUser NOBODY = of(new Deaf());

    /**
     * A listener that needs no further events.
     *
     * @param listener receives the bytes
     * @return the user
     */
    public static SocketUser of(TransportListener listener) {
        return new SocketUser(listener, transport -> {}, () -> {});
    }

    private static final class Deaf implements TransportListener {
        @Override
        public void opened(Transport transport) {}

        @Override
        public void bytes(byte[] window, int offset, int length) {}

        @Override
        public void readDone() {}

        @Override
        public void drained() {}

        @Override
        public void lost(@Nullable Throwable why) {}
    }
}
