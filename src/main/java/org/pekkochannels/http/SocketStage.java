package org.pekkochannels.http;

import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.websocket.Session;

/** One upgraded connection as a stream of bytes: what is read goes to its session, what the session writes goes out. */
final class SocketStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("WebSocket.in");
    private final Outlet<ByteString> out = Outlet.create("WebSocket.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Session session;
    private final Connection connection;

    /**
     * A stage for one connection, to be run once.
     *
     * @param session gets the bytes
     * @param connection is told when the stage starts and stops
     */
    SocketStage(Session session, Connection connection) {
        this.session = session;
        this.connection = connection;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new SocketTransport(shape, session, connection);
    }
}
