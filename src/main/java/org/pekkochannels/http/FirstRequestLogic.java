package org.pekkochannels.http;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.edge.Decision;
import org.pekkochannels.edge.SocketTransport;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.websocket.Handshake;
import org.pekkochannels.websocket.RequestHead;

/**
 * Reads the head of a connection's first request, and then either is the WebSocket's transport or pipes the bytes to
 * Pekko HTTP.
 *
 * <p>Confined to the stage's interpreter.
 */
final class FirstRequestLogic extends SocketTransport {
    private static final byte[] NOTHING = {};
    private static final String HEADER_TIMEOUT = "header-timeout";
    private static final String LINGER = "linger";
    // As long as other servers' lingering close: a client on a slow line needs that to take an answer in.
    private static final Duration LINGER_TIME = Duration.ofSeconds(2);

    private final Inlet<ByteString> in;
    private final Outlet<ByteString> out;
    private final ConnectionHandler handler;
    private final CompletableFuture<Done> gone = new CompletableFuture<>();
    private byte[] bytes = NOTHING;

    FirstRequestLogic(FlowShape<ByteString, ByteString> shape, ConnectionHandler handler) {
        super(shape);
        this.in = shape.in();
        this.out = shape.out();
        this.handler = handler;
        setHandler(in, new Reader());
        setHandler(out, new Silence());
    }

    /** Before there is an answer, a client that ends its side has left. */
    private abstract class Leaving extends AbstractInHandler {
        @Override
        public void onUpstreamFinish() {
            leave();
        }

        @Override
        public void onUpstreamFailure(Throwable failure) {
            leave();
        }
    }

    /** Collects what comes, up to the bound. */
    private final class Reader extends Leaving {
        @Override
        public void onPush() {
            int seen = bytes.length;
            append(grab(in));
            read(seen);
        }
    }

    /** Nothing is to be sent yet. */
    private static final class Silence extends AbstractOutHandler {
        @Override
        public void onPull() {
            // answered when there is something to say
        }
    }

    @Override
    public void preStart() {
        scheduleOnce(HEADER_TIMEOUT, handler.headerTimeout());
        pull(in);
    }

    @Override
    public void onTimer(Object timer) {
        if (timer.equals(HEADER_TIMEOUT)) {
            refuse(Refusal.of(408, "Request Timeout"));
        } else {
            completeStage();
        }
    }

    @Override
    public void postStop() {
        super.postStop();
        gone.complete(Done.getInstance());
        handler.ended();
    }

    private void leave() {
        gone.complete(Done.getInstance());
        completeStage();
    }

    private void append(ByteString more) {
        byte[] added = more.toArray();
        int length = bytes.length;
        bytes = Arrays.copyOf(bytes, length + added.length);
        System.arraycopy(added, 0, bytes, length, added.length);
    }

    private void read(int seen) {
        int length = RequestHead.length(bytes, seen, bytes.length);
        if (length < 0 && bytes.length <= handler.maxHeaderBytes()) {
            pull(in);
        } else if (length < 0 || length > handler.maxHeaderBytes()) {
            refuse(Refusal.of(431, "request head must be at most " + handler.maxHeaderBytes() + " bytes"));
        } else {
            cancelTimer(HEADER_TIMEOUT);
            decide(length);
        }
    }

    private void decide(int length) {
        Optional<RequestHead> head = RequestHead.parse(bytes, length);
        if (head.isEmpty()) {
            refuse(Refusal.of(400, "malformed request"));
            return;
        }
        handler.upgrade(head.get(), gone)
                .ifPresentOrElse(decision -> await(head.get(), length, decision), this::pipeToHttp);
    }

    /** Goes on reading while the consumer decides, for that is how a client that leaves is seen. */
    private void await(RequestHead head, int length, CompletionStage<Decision> decision) {
        bytes = Arrays.copyOfRange(bytes, length, bytes.length);
        AsyncCallback<Decision> decided = createAsyncCallback(made -> decided(head, made));
        decision.whenComplete((made, never) -> decided.invoke(made));
        setHandler(in, new Impatience());
        pull(in);
    }

    /** A client should not speak before it has its answer; one that does is heard later, if it is brief. */
    private final class Impatience extends Leaving {
        @Override
        public void onPush() {
            append(grab(in));
            if (bytes.length <= handler.maxHeaderBytes()) {
                pull(in);
            }
        }
    }

    private void decided(RequestHead head, Decision decision) {
        if (decision instanceof Decision.Refuse no) {
            refuse(no.refusal());
        } else if (decision instanceof Decision.Accept yes) {
            attach(yes.user(), new Handshake(head).accepted(yes.acceptance()), bytes);
        }
    }

    /** Answers, ends our side, and reads on for a while: closing upon unread bytes would reset the answer away. */
    private void refuse(Refusal refusal) {
        handler.refused(refusal.status());
        setHandler(in, new Drain());
        emit(out, ByteString.fromArrayUnsafe(Handshake.refused(refusal)), () -> complete(out));
        scheduleOnce(LINGER, LINGER_TIME);
        if (!hasBeenPulled(in)) {
            pull(in);
        }
    }

    /** Reads and forgets. */
    private final class Drain extends AbstractInHandler {
        @Override
        public void onPush() {
            grab(in);
            pull(in);
        }

        @Override
        public void onUpstreamFinish() {
            if (isClosed(out)) {
                completeStage();
            }
        }

        @Override
        public void onUpstreamFailure(Throwable failure) {
            leave();
        }
    }

    /** Runs Pekko HTTP within this stage, with what was read as the first of its bytes. */
    private void pipeToHttp() {
        HttpPipe pipe = new HttpPipe();
        setHandler(in, pipe.reader);
        setHandler(out, pipe.writer);
        Source.fromGraph(pipe.toHttp.source())
                .via(handler.http())
                .runWith(pipe.fromHttp.sink(), subFusingMaterializer());
        // The socket has asked for bytes already, when there was nobody to ask.
        if (isAvailable(out)) {
            pipe.fromHttp.pull();
        }
    }

    /** Passes bytes, demand and ends between the connection and Pekko HTTP, both ways. */
    private final class HttpPipe {
        private final SubSourceOutlet<ByteString> toHttp = new SubSourceOutlet<>("FirstRequest.toHttp");
        private final SubSinkInlet<ByteString> fromHttp = new SubSinkInlet<>("FirstRequest.fromHttp");
        private final AbstractInHandler reader = new FromClient();
        private final AbstractOutHandler writer = new ToClient();

        HttpPipe() {
            toHttp.setHandler(new ToHttp());
            fromHttp.setHandler(new FromHttp());
        }

        private final class FromClient extends AbstractInHandler {
            @Override
            public void onPush() {
                toHttp.push(grab(in));
            }

            @Override
            public void onUpstreamFinish() {
                toHttp.complete();
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
                toHttp.fail(failure);
            }
        }

        private final class ToHttp extends AbstractOutHandler {
            @Override
            public void onPull() {
                if (bytes.length > 0) {
                    toHttp.push(ByteString.fromArrayUnsafe(bytes));
                    bytes = NOTHING;
                } else if (isClosed(in)) {
                    toHttp.complete();
                } else {
                    pull(in);
                }
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                cancel(in);
            }
        }

        private final class FromHttp extends AbstractInHandler {
            @Override
            public void onPush() {
                push(out, fromHttp.grab());
            }

            /** Pekko HTTP is done with the connection, and so are we: nobody would read what still comes. */
            @Override
            public void onUpstreamFinish() {
                completeStage();
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
                if (failure instanceof TimeoutException) {
                    completeStage();
                } else {
                    failStage(failure);
                }
            }
        }

        private final class ToClient extends AbstractOutHandler {
            @Override
            public void onPull() {
                fromHttp.pull();
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                fromHttp.cancel(cause);
                completeStage();
            }
        }
    }
}
