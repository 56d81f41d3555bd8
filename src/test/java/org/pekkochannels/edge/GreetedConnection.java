package org.pekkochannels.edge;

import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.websocket.TransportListener;

/** One TCP connection as a stream of bytes, which a {@link Greeter} gets first, and then an endpoint. */
public final class GreetedConnection extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final FlowShape<ByteString, ByteString> shape =
            FlowShape.of(Inlet.create("GreetedConnection.in"), Outlet.create("GreetedConnection.out"));
    private final TransportListener endpoint;

    public GreetedConnection(TransportListener endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new SocketTransport(shape) {
            @Override
            public void preStart() {
                begin(SocketUser.of(new Greeter(this::attach, endpoint)));
            }
        };
    }
}
