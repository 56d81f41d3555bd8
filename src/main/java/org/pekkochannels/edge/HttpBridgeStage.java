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
 * The stage that is joined to Pekko HTTP's stream for an {@link HttpBridge}: takes responses, emits requests. Run once. {@link #tell} is
 * called on the connection's thread.
 *
 * <p>Two threads work on an exchange: the stream's interpreter runs {@link Logic}, the connection's thread runs the bridge. They share no
 * state, and exchange tasks in order: {@link #tell} to the interpreter, {@code bridge.execute} to the connection. Both count the pieces of
 * input, so that a request for bytes that crosses a piece on its way is recognised as answered.
 *
 * <p>Demand carries the back-pressure in both directions. A pull of the outlet becomes {@code bridge.wanted} if no piece waits, and only
 * then is the socket read. The inlet is pulled again when at most {@link #MOST_AHEAD} bytes are on their way to the connection, or when it
 * has written them.
 */
final class HttpBridgeStage extends GraphStage<FlowShape<SslTlsOutbound, SslTlsInbound>> {
    // Pekko HTTP requires a session, but uses it only for a header that is switched off.
    private static final SSLSession NO_SESSION = noSession();

    // Output that may be on its way to the connection before its confirmation is requested. A confirmation is a
    // hand-off between threads, which short responses avoid.
    private static final int MOST_AHEAD = 64 * 1024;

    // A small head and body are copied into one array on their way out, larger ones are not.
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
            // Not the default context, which reads the files of javax.net.ssl's properties, and these may be invalid.
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            return context.createSSLEngine().getSession();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS, see its jdk.tls and security properties", e);
        }
    }

    /** A small piece's bytes in one array. */
    private static ByteString bytes(SslTlsOutbound piece) {
        ByteString bytes = ((SendBytes) piece).bytes();
        return bytes.size() <= MOST_COMPACTED ? bytes.compact() : bytes;
    }

    /** Passes a message to the interpreter. The logic exists since the stream was materialized, in {@code HttpBridge.opened}. */
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
        // Callbacks may overtake each other while a fused stream starts, so the queue defines the order.
        private final AsyncCallback<Runnable> bell = createAsyncCallback(Runnable::run);
        private final Offloader news = new Offloader(bell::invoke);
        // The decision that waits until all output has been taken; a later one replaces it.
        private @Nullable Consumer<Logic> undecided;
        // The pieces of input that have arrived here. The bridge compares it with the number that it has given.
        private int received;
        // The number of bytes given to the connection since it last confirmed that all were taken.
        private int ahead;
        // No further request follows: the outlet completes when the waiting pieces have been pushed.
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

        /** From here on the inlet is always pulled, unless the connection has too much to write: {@link #whenAllIsTaken} relies on it. */
        @Override
        public void preStart() {
            pull(in);
        }

        /** A stream that completes regularly has closed both before. */
        @Override
        public void postStop() {
            if (!isClosed(in) || !isClosed(out)) {
                bridge.execute(bridge::fail);
            }
        }

        /** Called on the connection's thread, and by {@link #decideLater} on the interpreter's. */
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

        /** The beginning of a request has arrived. */
        void begun(ByteString bytes, HttpInput.Kind kind) {
            // Before the bytes: as soon as they are pushed, Pekko HTTP may emit the request, and its kind is needed.
            exchange.given(kind);
            received(bytes);
        }

        void received(ByteString bytes) {
            received++;
            waiting.add(bytes);
            give();
        }

        /** The connection has taken everything that it was given before the confirmation was requested. */
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

        /** The connection has ended, not within a body. A response in progress is cancelled. */
        void lost(@Nullable Throwable why) {
            if (why == null) {
                completeStage();
            } else {
                failStage(why);
            }
        }

        /**
         * A body will stay incomplete. This must fail the whole stream. If the stream were completed or its output cancelled, Pekko HTTP
         * would end the body as if it were complete, and an application would keep half of an upload.
         */
        void truncated() {
            waiting.clear();
            if (isClosed(out)) {
                // Pekko HTTP takes no more input, or has all of it.
                completeStage();
            } else {
                // Fails Pekko HTTP's stream, whose end then arrives in onUpstreamFailure.
                fail(out, WholeBody.cutOff());
            }
        }

        /** The client has ended its side within a body; earlier responses still leave. */
        void cutOff() {
            // Only an earlier response is awaited. An answer to the current request need not be complete, because the
            // client has left in the middle of that request.
            whenAllIsTaken(exchange.isWritingEarlier(), Logic::cutOff, Logic::truncated);
        }

        /**
         * Refuses the current request; earlier responses still leave.
         *
         * @param given whether any of the request was given to the stream
         */
        void refuse(Refusal refusal, boolean given) {
            // Once the pages have answered, the place of the response is theirs, even if no byte of it is written.
            boolean answerable = !given || exchange.isAwaited();
            boolean earlier = given ? exchange.isWritingEarlier() : exchange.isWriting();
            whenAllIsTaken(earlier, logic -> logic.refuse(refusal, given), logic -> {
                // In this order: the bridge ignores the failure of a stream whose refusal it has written.
                bridge.execute(() -> bridge.refused(refusal, answerable));
                truncated();
            });
        }

        /**
         * Runs a task when all output that Pekko HTTP had until now was taken.
         *
         * <p>An unanswered pull shows that Pekko HTTP has nothing more at present. It proves nothing about an earlier response whose pages
         * still produce the body, so that one is awaited by its end.
         *
         * @param earlier whether an earlier response is incomplete
         * @param again checks again, later
         */
        private void whenAllIsTaken(boolean earlier, Consumer<Logic> again, Consumer<Logic> task) {
            if (isClosed(in) || (hasBeenPulled(in) && !earlier)) {
                task.accept(this);
            } else {
                undecided = again;
            }
        }

        /**
         * Pekko HTTP's remaining output comes first. The pull that precedes this call takes effect only after the current step, so the
         * decision is a separate task.
         */
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
         * Ends the stream when the last response is written. Pekko HTTP normally does so itself, but not if its input ends while a 100 is
         * still due and all requests are answered.
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
                    // Copied here: the task runs later, when the field may have changed.
                    int after = received;
                    bridge.execute(() -> bridge.wanted(after));
                }
            }

            /** Pekko HTTP takes no more input; its remaining output is sent. */
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
                // Classified here and not by the bridge: only on this thread is it known which response the pages gave.
                HttpExchange.Part part = exchange.part(bytes);
                ahead += bytes.size();
                boolean asks = ahead > MOST_AHEAD;
                bridge.execute(() -> bridge.write(bytes, part, asks));
                // Otherwise written() continues.
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
