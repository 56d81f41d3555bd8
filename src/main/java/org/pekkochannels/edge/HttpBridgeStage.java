package org.pekkochannels.edge;

import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.TLSProtocol.SendBytes;
import org.apache.pekko.stream.TLSProtocol.SessionBytes;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Offloader;
import org.pekkochannels.protocol.Refusal;

/**
 * What the stream of an {@link HttpBridge} is joined to: takes responses, gives requests. Run once; {@link #tell} is the
 * connection's thread's.
 */
final class HttpBridgeStage extends GraphStage<FlowShape<SslTlsOutbound, SslTlsInbound>> {
    // Pekko HTTP wants one, and looks at it only to make a header that nothing asks for.
    private static final SSLSession NO_SESSION = noSession();

    // So much may be on its way to the connection before it is asked to tell that it has taken it: the answer is a
    // hand-off
    // between threads, which a short response is spared.
    private static final int MOST_AHEAD = 64 * 1024;

    // A head and a body that are in one piece already are not copied once more on their way out.
    private static final int MOST_COMPACTED = 4 * 1024;

    private final Inlet<SslTlsOutbound> in = Inlet.create("HttpBridge.in");
    private final Outlet<SslTlsInbound> out = Outlet.create("HttpBridge.out");
    private final FlowShape<SslTlsOutbound, SslTlsInbound> shape = FlowShape.of(in, out);
    private final HttpBridge bridge;
    private final HttpExchange exchange;
    private @Nullable Logic logic;

    HttpBridgeStage(HttpBridge bridge, HttpExchange exchange) {
        this.bridge = bridge;
        this.exchange = exchange;
    }

    @Override
    public FlowShape<SslTlsOutbound, SslTlsInbound> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        Logic made = new Logic(bridge, exchange, shape);
        logic = made;
        return made;
    }

    private static SSLSession noSession() {
        try {
            // Not the default context: that reads the files of javax.net.ssl's properties, which may be wrong.
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            return context.createSSLEngine().getSession();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS, see its jdk.tls and security properties", e);
        }
    }

    /** Those of a small piece in one array. */
    private static ByteString bytes(SslTlsOutbound piece) {
        ByteString bytes = ((SendBytes) piece).bytes();
        return bytes.size() <= MOST_COMPACTED ? bytes.compact() : bytes;
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
        private final HttpExchange exchange;
        private final Inlet<SslTlsOutbound> in;
        private final Outlet<SslTlsInbound> out;
        private final Queue<ByteString> waiting = new ArrayDeque<>(2);
        // Callbacks may overtake each other while a fused stream starts: the order is the queue's.
        private final AsyncCallback<Runnable> bell = createAsyncCallback(Runnable::run);
        private final Offloader news = new Offloader(bell::invoke);
        private @Nullable Consumer<Logic> undecided;
        private int received;
        // What the connection was given since it last told that it has taken all.
        private int ahead;
        private boolean finished;

        Logic(HttpBridge bridge, HttpExchange exchange, FlowShape<SslTlsOutbound, SslTlsInbound> shape) {
            super(shape);
            this.bridge = bridge;
            this.exchange = exchange;
            this.in = shape.in();
            this.out = shape.out();
            setHandler(in, new Responses());
            setHandler(out, new Requests());
        }

        @Override
        public void preStart() {
            pull(in);
        }

        /** A stream that ends in order has closed both before. */
        @Override
        public void postStop() {
            if (!isClosed(in) || !isClosed(out)) {
                bridge.execute(bridge::fail);
            }
        }

        /** From the connection's thread. */
        void tell(Consumer<Logic> something) {
            news.add(() -> attempt(something));
        }

        private void attempt(Consumer<Logic> something) {
            try {
                something.accept(this);
            } catch (Throwable failure) {
                ContainedFailures.of(materializer().system())
                        .contain(ContainedFailures.Place.CONNECTION, "a connection of plain HTTP", failure);
                failStage(new SocketTransport.ConnectionAborted());
            }
        }

        /** The beginning of a request came. */
        void begun(ByteString bytes, HttpInput.Kind kind) {
            exchange.given(kind);
            received(bytes);
        }

        void received(ByteString bytes) {
            received++;
            waiting.add(bytes);
            give();
        }

        /** The connection has taken all that it was given before it was asked to tell. */
        void written() {
            ahead = 0;
            next();
        }

        private void next() {
            if (!isClosed(in) && !hasBeenPulled(in)) {
                pull(in);
                decideLater();
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

        /**
         * A body will not be complete. That must be a failure of the whole stream: were it completed, or its output cancelled,
         * Pekko HTTP would end the body as if it were whole, and an application keep half of an upload.
         */
        void truncated() {
            waiting.clear();
            if (isClosed(out)) {
                completeStage();
            } else {
                fail(out, WholeBody.cutOff());
            }
        }

        /** The client has ended its side within a body; what was answered before still leaves. */
        void cutOff() {
            boolean earlier = exchange.isAwaited() && exchange.isWriting();
            whenAllIsTaken(earlier, Logic::cutOff, Logic::truncated);
        }

        /**
         * Refuses the request at hand; what was answered before still leaves.
         *
         * @param given whether any of the request was given to the stream
         */
        void refuse(Refusal refusal, boolean given) {
            boolean answerable = !given || exchange.isAwaited();
            whenAllIsTaken(answerable && exchange.isWriting(), logic -> logic.refuse(refusal, given), logic -> {
                bridge.execute(() -> bridge.refused(refusal, answerable));
                truncated();
            });
        }

        /**
         * Does something when all that Pekko HTTP has had to give until now was taken.
         *
         * @param earlier whether more of an earlier response is to come
         * @param again looks again, later
         */
        private void whenAllIsTaken(boolean earlier, Consumer<Logic> again, Consumer<Logic> task) {
            if (isClosed(in) || (hasBeenPulled(in) && !earlier)) {
                task.accept(this);
            } else {
                undecided = again;
            }
        }

        /** What Pekko HTTP has still to give comes first. */
        private void decideLater() {
            Consumer<Logic> decision = undecided;
            if (decision != null) {
                undecided = null;
                tell(decision);
            }
        }

        private void give() {
            if (!waiting.isEmpty() && isAvailable(out)) {
                push(out, new SessionBytes(NO_SESSION, waiting.remove()));
            }
            if (finished && waiting.isEmpty() && !isClosed(out)) {
                complete(out);
                endInSilence();
            }
        }

        /**
         * Ends the stream when the last response is written. Pekko HTTP does so itself, but where its input ends while a 100 is
         * still due it does not, with all that was asked answered.
         */
        private void endInSilence() {
            whenAllIsTaken(exchange.isAwaited() || exchange.isWriting(), Logic::endInSilence, logic -> {
                bridge.execute(bridge::end);
                completeStage();
            });
        }

        private final class Requests extends AbstractOutHandler {
            @Override
            public void onPull() {
                give();
                if (isAvailable(out)) {
                    int after = received;
                    bridge.execute(() -> bridge.wanted(after));
                }
            }

            /** Pekko HTTP hears no more; what it still says is sent. */
            @Override
            public void onDownstreamFinish(Throwable cause) {
                waiting.clear();
                bridge.execute(bridge::ignore);
            }
        }

        private final class Responses extends AbstractInHandler {
            @Override
            public void onPush() {
                ByteString bytes = bytes(grab(in));
                HttpExchange.Part part = exchange.part(bytes);
                ahead += bytes.size();
                boolean asks = ahead > MOST_AHEAD;
                bridge.execute(() -> bridge.write(bytes, part, asks));
                if (!asks) {
                    next();
                }
            }

            @Override
            public void onUpstreamFinish() {
                bridge.execute(bridge::end);
                completeStage();
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
                bridge.execute(bridge::fail);
                completeStage();
            }
        }
    }
}
