package org.pekkochannels.edge;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What the stream of an {@link HttpBridge} is joined to: takes answers, gives requests. Run once; {@link #tell} is the
 * connection's thread's.
 */
final class HttpBridgeStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("HttpBridge.in");
    private final Outlet<ByteString> out = Outlet.create("HttpBridge.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final HttpBridge bridge;
    private @Nullable Logic logic;

    HttpBridgeStage(HttpBridge bridge) {
        this.bridge = bridge;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        Logic made = new Logic(bridge, shape);
        logic = made;
        return made;
    }

    void tell(Consumer<Logic> news) {
        Logic running = logic;
        if (running != null) {
            running.tell(news);
        }
    }

    /** Confined to the stream's interpreter. */
    static final class Logic extends GraphStageLogic {
        private final HttpBridge bridge;
        private final Inlet<ByteString> in;
        private final Outlet<ByteString> out;
        private final Queue<ByteString> waiting = new ArrayDeque<>(2);
        // Callbacks may overtake each other while a fused stream starts: the order is the queue's.
        private final Queue<Consumer<Logic>> news = new ConcurrentLinkedQueue<>();
        private final AsyncCallback<Done> bell = createAsyncCallback(rung -> hear());
        private boolean finished;

        Logic(HttpBridge bridge, FlowShape<ByteString, ByteString> shape) {
            super(shape);
            this.bridge = bridge;
            this.in = shape.in();
            this.out = shape.out();
            setHandler(in, new Answers());
            setHandler(out, new Requests());
        }

        @Override
        public void preStart() {
            pull(in);
        }

        /** From the connection's thread. */
        void tell(Consumer<Logic> something) {
            news.add(something);
            bell.invoke(Done.getInstance());
        }

        private void hear() {
            for (Consumer<Logic> each = news.poll(); each != null; each = news.poll()) {
                each.accept(this);
            }
        }

        void received(ByteString bytes) {
            waiting.add(bytes);
            give();
        }

        void written() {
            if (!isClosed(in) && !hasBeenPulled(in)) {
                pull(in);
            }
        }

        void finished() {
            finished = true;
            give();
        }

        void lost(@Nullable Throwable why) {
            if (why == null) {
                completeStage();
            } else {
                failStage(why);
            }
        }

        private void give() {
            if (!waiting.isEmpty() && isAvailable(out)) {
                push(out, waiting.remove());
            }
            if (finished && waiting.isEmpty() && !isClosed(out)) {
                complete(out);
            }
        }

        private final class Requests extends AbstractOutHandler {
            @Override
            public void onPull() {
                give();
                if (isAvailable(out)) {
                    bridge.execute(() -> bridge.on(connection -> connection.reading(true)));
                }
            }

            /** Pekko HTTP hears no more; what it still says is sent. */
            @Override
            public void onDownstreamFinish(Throwable cause) {
                waiting.clear();
                bridge.execute(bridge::ignore);
            }
        }

        private final class Answers extends AbstractInHandler {
            @Override
            public void onPush() {
                ByteString bytes = grab(in);
                bridge.execute(() -> bridge.write(bytes));
            }

            @Override
            public void onUpstreamFinish() {
                bridge.execute(bridge::end);
                completeStage();
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
                bridge.execute(() -> bridge.fail(failure));
                completeStage();
            }
        }
    }
}
