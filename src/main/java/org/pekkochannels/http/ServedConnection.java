package org.pekkochannels.http;

import javax.net.ssl.SSLException;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.edge.ConsumerSpawner;
import org.pekkochannels.edge.Peers;
import org.pekkochannels.edge.Reception;
import org.pekkochannels.edge.ServedApplication;
import org.pekkochannels.edge.SocketTransport;
import org.pekkochannels.edge.SocketUser;

/** One TCP connection as a stream stage; its bytes are first passed to a {@link Reception}. */
final class ServedConnection extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("ServedConnection.in");
    private final Outlet<ByteString> out = Outlet.create("ServedConnection.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final ServedApplication service;
    private final Peers peers;

    ServedConnection(ServedApplication service, Peers peers) {
        this.service = service;
        this.peers = peers;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic(shape, service, peers);
    }

    /**
     * Confined to the stage's interpreter.
     *
     * <p>Order of events: {@link #preStart} counts the connection in and starts its reception. Then reads ({@link #onPush}) alternate with
     * writes, until both directions have ended. {@link #postStop} counts the connection out, exactly once, however it ended.
     *
     * <p>A connection over the bound has a reception, too, because only that can answer. It is not counted in, and so not counted out.
     */
    private static final class Logic extends SocketTransport implements Reception.Host {
        private final ServedApplication service;
        private final Peers peers;
        private boolean entered;
        // The client has sent plain bytes. With TLS, this shows that the handshake has succeeded.
        private boolean spoken;

        Logic(FlowShape<ByteString, ByteString> shape, ServedApplication service, Peers peers) {
            super(shape);
            this.service = service;
            this.peers = peers;
        }

        @Override
        public void preStart() {
            Reception reception = Reception.of(service, this);
            entered = service.entered();
            // Before begin(..), which reports the connection as opened: only then does the reception answer.
            if (!entered) {
                reception.turnAway();
            }
            begin(SocketUser.of(reception));
        }

        @Override
        public void onPush() {
            spoken = true;
            super.onPush();
        }

        /**
         * If a TLS handshake fails, the TLS stage first cancels and then reports the failure. Waiting for the report keeps its reason for
         * the log; the deadline of the request's head bounds the wait.
         */
        @Override
        public void onDownstreamFinish(Throwable cause) throws Exception {
            if (spoken || service.tls().isEmpty()) {
                super.onDownstreamFinish(cause);
            }
        }

        /** A TLS failure before the first byte is a failed handshake. */
        @Override
        public void onUpstreamFailure(Throwable failure) {
            if (!spoken && failure instanceof SSLException) {
                service.tls().ifPresent(engines -> engines.handshakeFailed(peers.client(), failure.getMessage()));
            }
            super.onUpstreamFailure(failure);
        }

        /** First the transport, which runs the tasks that are left; the connection counts until they have run. */
        @Override
        public void postStop() {
            super.postStop();
            if (entered) {
                service.left();
            }
        }

        @Override
        public Peers peers() {
            return peers;
        }

        @Override
        public ConsumerSpawner consumers() {
            return service.consumers();
        }

        /** Plain HTTP runs in the connection's actor, so its stages need no hand-off between threads. */
        @Override
        public Materializer materializer(ServedApplication served) {
            return subFusingMaterializer();
        }
    }
}
