package org.pekkochannels.edge;

import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;

/** Passes a stream's elements on, and tells its end, however it ends. Run once, on the interpreter that runs the stream. */
final class StreamEnd<T> extends GraphStage<FlowShape<T, T>> {
    private final Inlet<T> in = Inlet.create("StreamEnd.in");
    private final Outlet<T> out = Outlet.create("StreamEnd.out");
    private final FlowShape<T, T> shape = FlowShape.of(in, out);
    private final Runnable ended;

    StreamEnd(Runnable ended) {
        this.ended = ended;
    }

    @Override
    public FlowShape<T, T> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic implements InHandler, OutHandler {
        Logic() {
            super(shape);
            setHandler(in, this);
            setHandler(out, this);
        }

        @Override
        public void onPush() {
            push(out, grab(in));
        }

        @Override
        public void onPull() {
            pull(in);
        }

        @Override
        public void postStop() {
            ended.run();
        }
    }
}
