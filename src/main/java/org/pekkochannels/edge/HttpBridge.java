package org.pekkochannels.edge;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.websocket.Transport;

/**
 * Pekko HTTP over a transport: what the client sends goes into its stream, what that gives is written.
 *
 * <p>Nothing is read that the stream has not asked for, and nothing more asked of it before the last was taken by the
 * kernel, or nearly. An endpoint, confined to the connection's thread; its stage runs where streams run.
 */
final class HttpBridge implements HalfClosing {
    private final Service service;
    private final Peers peers;
    private final Stage stage = new Stage();
    private @Nullable Transport transport;
    private ByteString read = ByteString.emptyByteString();
    private boolean writing;

    HttpBridge(Service service, Peers peers) {
        this.service = service;
        this.peers = peers;
    }

    @Override
    public void opened(Transport connection) {
        transport = connection;
        connection.reading(false);
        ActorSystem<?> system = service.system();
        Flow.fromGraph(stage)
                .join(service.http(peers))
                .run(SystemMaterializer.get(system).materializer());
    }

    @Override
    public void bytes(byte[] window, int offset, int length) {
        read = read.concat(ByteString.fromArray(window, offset, length));
    }

    @Override
    public void readDone() {
        ByteString bytes = read;
        read = ByteString.emptyByteString();
        on(connection -> connection.reading(false));
        stage.tell(logic -> logic.received(bytes));
    }

    @Override
    public void drained() {
        if (writing) {
            writing = false;
            stage.tell(Logic::written);
        }
    }

    @Override
    public void finished() {
        stage.tell(Logic::finished);
    }

    @Override
    public void lost(@Nullable Throwable why) {
        stage.tell(Logic::lost);
    }

    @Override
    public void tick(long nanoTime) {
        // Pekko HTTP keeps its own time
    }

    private void write(ByteString bytes) {
        byte[] array = bytes.toArrayUnsafe();
        on(connection -> {
            connection.write(array, 0, array.length);
            connection.flush();
            writing = connection.unsent() > Transport.LOW_WATER;
        });
        if (!writing) {
            stage.tell(Logic::written);
        }
    }

    private void end() {
        on(Transport::shutdownOutput);
        service.system()
                .scheduler()
                .scheduleOnce(
                        Reception.LINGER,
                        () -> on(connection -> connection.execute(connection::abort)),
                        service.system().executionContext());
    }

    private void on(Consumer<Transport> task) {
        Transport connection = transport;
        if (connection != null) {
            task.accept(connection);
        }
    }

    /** Runs a task on the connection's thread. */
    private void execute(Runnable task) {
        on(connection -> connection.execute(task));
    }

    /** What the stream is joined to: takes answers, gives requests. */
    private final class Stage extends GraphStage<FlowShape<ByteString, ByteString>> {
        private final Inlet<ByteString> in = Inlet.create("HttpBridge.in");
        private final Outlet<ByteString> out = Outlet.create("HttpBridge.out");
        private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
        private @Nullable Logic logic;

        @Override
        public FlowShape<ByteString, ByteString> shape() {
            return shape;
        }

        @Override
        public GraphStageLogic createLogic(Attributes inheritedAttributes) {
            Logic made = new Logic(HttpBridge.this, shape);
            logic = made;
            return made;
        }

        void tell(Consumer<Logic> news) {
            Logic running = logic;
            if (running != null) {
                running.news.invoke(news);
            }
        }
    }

    /** Confined to the stream's interpreter. */
    private static final class Logic extends GraphStageLogic {
        private final HttpBridge bridge;
        private final Inlet<ByteString> in;
        private final Outlet<ByteString> out;
        private final Queue<ByteString> waiting = new ArrayDeque<>(2);
        private final AsyncCallback<Consumer<Logic>> news = createAsyncCallback(each -> each.accept(this));
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

        void lost() {
            completeStage();
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
                if (failure instanceof TimeoutException) {
                    bridge.execute(bridge::end);
                } else {
                    bridge.execute(() -> bridge.on(Transport::abort));
                }
                completeStage();
            }
        }
    }
}
