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

/** One TCP connection as a stream of bytes, which a {@link Reception} gets first. */
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

    /** Confined to the stage's interpreter. */
    private static final class Logic extends SocketTransport implements Reception.Host {
        private final ServedApplication service;
        private final Peers peers;
        private boolean entered;
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

        /** TLS whose handshake fails cancels first, and says why afterwards; the deadline of the head bounds it. */
        @Override
        public void onDownstreamFinish(Throwable cause) throws Exception {
            if (spoken || service.tls().isEmpty()) {
                super.onDownstreamFinish(cause);
            }
        }

        /** TLS that fails before the first byte has failed in its handshake. */
        @Override
        public void onUpstreamFailure(Throwable failure) {
            if (!spoken && failure instanceof SSLException) {
                service.tls().ifPresent(engines -> engines.handshakeFailed(peers.client(), failure.getMessage()));
            }
            super.onUpstreamFailure(failure);
        }

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

        /** Plain HTTP runs in the connection's own actor. */
        @Override
        public Materializer materializer(ServedApplication served) {
            return subFusingMaterializer();
        }
    }
}
