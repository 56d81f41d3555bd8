package org.pekkochannels.http;

import java.util.function.Consumer;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.websocket.Endpoint;

/** One upgraded connection as a stream of bytes: what is read goes to its endpoint, what that writes goes out. */
final class SocketStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("WebSocket.in");
    private final Outlet<ByteString> out = Outlet.create("WebSocket.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Endpoint endpoint;
    private final Consumer<SocketTransport> started;
    private final Runnable stopped;

    /**
     * A stage for one connection, to be run once.
     *
     * @param endpoint gets the bytes
     * @param started is told of the transport when the stage runs
     * @param stopped is told when the stage has ended
     */
    SocketStage(Endpoint endpoint, Consumer<SocketTransport> started, Runnable stopped) {
        this.endpoint = endpoint;
        this.started = started;
        this.stopped = stopped;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new SocketTransport(shape, endpoint, started, stopped);
    }
}
