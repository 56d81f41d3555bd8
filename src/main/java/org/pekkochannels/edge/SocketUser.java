package org.pekkochannels.edge;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.websocket.Transport;
import org.pekkochannels.websocket.TransportListener;

/**
 * Who gets a connection's bytes.
 *
 * @param endpoint gets them
 * @param started is told of the transport just before they flow
 * @param stopped is told when the connection has ended
 */
public record SocketUser(TransportListener endpoint, Consumer<Transport> started, Runnable stopped) {
    /** Nobody yet. */
    public static final SocketUser NOBODY = of(new Deaf());

    /**
     * An endpoint that wants to know no more than endpoints do.
     *
     * @param endpoint gets the bytes
     * @return the user
     */
    public static SocketUser of(TransportListener endpoint) {
        return new SocketUser(endpoint, transport -> {}, () -> {});
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
