package org.pekkochannels.edge;

import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/** One upgraded connection as a stream stage: input is passed to its user, whose output is emitted. */
final class SocketStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("WebSocket.in");
    private final Outlet<ByteString> out = Outlet.create("WebSocket.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final SocketUser user;

    /**
     * A stage for one connection, to be run once.
     *
     * @param user receives the bytes
     */
    SocketStage(SocketUser user) {
        this.user = user;
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
                begin(user);
            }
        };
    }
}
