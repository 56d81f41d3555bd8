package org.pekkochannels.edge;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.Outlet;
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
 * kernel, or nearly. An endpoint, confined to the connection's thread; its stage runs where the materializer lets it: fused
 * with the connection where that is a stream too, and then none of what they tell each other leaves the thread.
 */
final class HttpBridge implements HalfClosing {
    // An answer may be one large array; it is not to be copied whole for a client that takes its time.
    private static final int MOST_WRITTEN = 64 * 1024;

    private final Service service;
    private final Peers peers;
    private final Materializer materializer;
    private final Stage stage = new Stage();
    private @Nullable Transport transport;
    private ByteString read = ByteString.emptyByteString();
    private ByteString unwritten = ByteString.emptyByteString();
    // The stream is to be told when there is room for more.
    private boolean writing;
    private boolean ended;
    private boolean deaf;

    HttpBridge(Service service, Peers peers, Materializer materializer) {
        this.service = service;
        this.peers = peers;
        this.materializer = materializer;
    }

    @Override
    public void opened(Transport connection) {
        transport = connection;
        connection.reading(false);
        Flow.fromGraph(stage).join(service.http(peers)).run(materializer);
    }

    @Override
    public void bytes(byte[] window, int offset, int length) {
        if (!deaf) {
            read = read.concat(ByteString.fromArray(window, offset, length));
        }
    }

    @Override
    public void readDone() {
        if (read.isEmpty()) {
            return;
        }
        ByteString bytes = read;
        read = ByteString.emptyByteString();
        on(connection -> connection.reading(false));
        stage.tell(logic -> logic.received(bytes));
    }

    @Override
    public void drained() {
        // Not at once: a client that reads fast must not hold the connection's thread for a whole answer.
        execute(this::writeOn);
    }

    @Override
    public void finished() {
        stage.tell(Logic::finished);
    }

    @Override
    public void lost(@Nullable Throwable why) {
        on(service.deadlines()::clear);
        transport = null;
        unwritten = ByteString.emptyByteString();
        stage.tell(logic -> logic.lost(why));
    }

    private void write(ByteString bytes) {
        unwritten = bytes;
        writing = true;
        writeOn();
    }

    /** Writes a part of the answer whenever the one before has left, or nearly. */
    private void writeOn() {
        on(connection -> {
            while (!unwritten.isEmpty() && hasRoom(connection)) {
                byte[] part = unwritten.take(MOST_WRITTEN).toArrayUnsafe();
                unwritten = unwritten.drop(MOST_WRITTEN);
                connection.write(part, 0, part.length);
                connection.flush();
            }
            goOn(connection);
        });
    }

    private void goOn(Transport connection) {
        boolean written = unwritten.isEmpty() && hasRoom(connection);
        if (written && ended) {
            service.deadlines().linger(connection, service.settings().idleTimeout());
        } else if (ended) {
            service.deadlines().set(connection, service.settings().idleTimeout(), connection::abort);
        } else if (written && writing) {
            writing = false;
            stage.tell(Logic::written);
        }
    }

    private static boolean hasRoom(Transport connection) {
        return connection.unsent() <= Transport.LOW_WATER;
    }

    /** The stream has said all; what the connection has not taken of it yet has as long as an idle client. */
    private void end() {
        ended = true;
        ignore();
        writeOn();
    }

    /** Pekko HTTP hears no more: what the client still says is read, for else it might never come to read the answer. */
    private void ignore() {
        deaf = true;
        on(connection -> connection.reading(true));
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
                running.tell(news);
            }
        }
    }

    /** Confined to the stream's interpreter. */
    private static final class Logic extends GraphStageLogic {
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
