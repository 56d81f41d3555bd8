package org.pekkochannels.http;

import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * One TCP connection: reads the head of its first request, then hands the bytes to a session or to Pekko HTTP.
 *
 * <p>Standing before Pekko HTTP, it spares a WebSocket the HTTP pipeline, and cuts off a client that does not get to the
 * end of its request.
 */
final class FirstRequest extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("FirstRequest.in");
    private final Outlet<ByteString> out = Outlet.create("FirstRequest.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final ConnectionHandler handler;

    FirstRequest(ConnectionHandler handler) {
        this.handler = handler;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new FirstRequestLogic(shape, handler);
    }
}
