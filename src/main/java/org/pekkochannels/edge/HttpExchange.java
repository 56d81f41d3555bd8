package org.pekkochannels.edge;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.pekko.Done;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
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
import org.pekkochannels.concurrent.SafeLog;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.util.Try;

/**
 * Passes each request of one connection to the pages, and tracks to which response Pekko HTTP's output belongs. One stage does both,
 * because each further stage slows down every request. Run once; confined to the stream's interpreter, except {@link #end}.
 *
 * <p>Order of events per request: its head is given to Pekko HTTP ({@link #given}); Pekko HTTP emits it as a request, for which the pages
 * are asked; their response is pushed to Pekko HTTP; the output with it is classified piece by piece ({@link #part}). Pekko HTTP requests
 * the next response before it has written this one, so several responses may be between the pages and the socket.
 *
 * <p>At most one request is between {@link #given} and its arrival here, because the next one is held until a response has begun. So one
 * {@link #kind} is enough, and it is that of the request that arrives next.
 */
final class HttpExchange extends GraphStage<FlowShape<HttpRequest, HttpResponse>> {
    private static final SafeLog LOG = SafeLog.of(HttpExchange.class);
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int SUCCESS = 200;

    // As Pekko HTTP writes it.
    private static final byte[] CONTINUE = ResponseEnd.ascii("HTTP/1.1 100 ");

    // Copying this many bytes is faster than inspecting them one by one through a buffer.
    private static final int MOST_HEADS = 4 * 1024;

    private final Inlet<HttpRequest> parsed = Inlet.create("HttpExchange.parsed");
    private final Outlet<HttpResponse> rendered = Outlet.create("HttpExchange.rendered");
    private final FlowShape<HttpRequest, HttpResponse> shape = FlowShape.of(parsed, rendered);
    private final PlainHttp pages;
    // Read by end() on other threads, which have found this stage in the set of running ones: that set publishes it.
    private @Nullable Logic logic;
    // Requests given to Pekko HTTP that have not arrived here yet; then those that were given or have arrived and are
    // not answered yet.
    private int unparsed;
    private int unanswered;
    private HttpInput.Kind kind = HttpInput.Kind.CURRENT;
    // Responses of the pages of which nothing was written yet, and the one that is being written.
    private final Queue<ResponseEnd> unwritten = new ArrayDeque<>(1);
    private ResponseEnd writing = ResponseEnd.reached();

    /** The kind of a piece of Pekko HTTP's output. */
    enum Part {
        /** The beginning of a response. */
        BEGINNING,
        /** The beginning of a response after which the connection ends. */
        BEGINNING_OF_LAST,
        /** A 101, after which both directions use another protocol. */
        SWITCH,
        /** More of a response, or a 100. */
        MORE
    }

    HttpExchange(PlainHttp pages) {
        this.pages = pages;
    }

    @Override
    public FlowShape<HttpRequest, HttpResponse> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        Logic made = new Logic();
        logic = made;
        return made;
    }

    /** Takes no further request. May be called on any thread, once the stage has started. */
    void end() {
        Logic running = logic;
        if (running != null) {
            running.ending.invoke(Done.getInstance());
        }
    }

    /** A head was given to Pekko HTTP, after the response to the previous one had begun. */
    void given(HttpInput.Kind request) {
        unparsed++;
        unanswered++;
        kind = request;
    }

    /** Whether a head was given that has not become a request: if Pekko HTTP answers an error now, it has rejected that head. */
    boolean isUnparsed() {
        return unparsed > 0;
    }

    /** Whether the pages have not answered the last request yet. */
    boolean isAwaited() {
        return unanswered > 0;
    }

    /** Whether a response of the pages is still to be written, in whole or in part. */
    boolean isWriting() {
        return !writing.isReached() || !unwritten.isEmpty();
    }

    /** Whether the response to a request before the last one is still to be written, in whole or in part. */
    boolean isWritingEarlier() {
        if (isAwaited()) {
            return isWriting();
        }
        // The response to the last request is the last one in the queue, or is being written.
        return unwritten.size() > 1 || (!unwritten.isEmpty() && !writing.isReached());
    }

    /** Classifies the next piece of output. */
    Part part(ByteString bytes) {
        // Responses leave in the order of their requests (RFC 9112, section 9.3.2), so a queue finds the next one.
        if (!writing.isReached()) {
            writing.follow(bytes);
        } else if (!unwritten.isEmpty()) {
            return begin(head(bytes));
        }
        return Part.MORE;
    }

    /** A 100 may be on its way when the pages have answered already. It is not the response, so the queue keeps its first element. */
    private Part begin(byte[] head) {
        if (ResponseEnd.isAt(head, 0, CONTINUE)) {
            return Part.MORE;
        }
        writing = unwritten.remove();
        return writing.begin(head);
    }

    /** Pekko HTTP writes a head in one piece. A body that is available follows in the same piece, or in a separate one. */
    private static byte[] head(ByteString bytes) {
        ByteString first = bytes.size() <= MOST_HEADS
                ? bytes
                : ByteString.fromByteBuffer(bytes.asByteBuffers().head());
        return first.toArrayUnsafe();
    }

    /** After a status of 100, 102 or 103, which only precedes a response, client and Pekko HTTP would wait for the response. */
    private static HttpResponse finalResponse(HttpResponse response) {
        int status = response.status().intValue();
        if (status >= SUCCESS || status == SWITCHING_PROTOCOLS) {
            return response;
        }
        LOG.error("a page answered with status {}, which only precedes a response; the client gets 500", status);
        return HttpResponse.create()
                .withStatus(StatusCodes.INTERNAL_SERVER_ERROR)
                .withEntity("Internal Server Error");
    }

    /** Confined to the stream's interpreter, except {@link #ending}. */
    private final class Logic extends GraphStageLogic {
        private final AsyncCallback<Try<? extends HttpResponse>> answered = createAsyncCallback(this::answer);
        private final AsyncCallback<Done> ending = createAsyncCallback(done -> finish());
        // Whether the pages are processing a request.
        private boolean awaits;
        // The request, if it is a WebSocket handshake.
        private @Nullable HttpRequest upgrade;
        // No other request follows.
        private boolean last;

        Logic() {
            super(shape);
            setHandler(parsed, new Requests());
            setHandler(rendered, new Demand());
        }

        @Override
        public void preStart() {
            pages.started(HttpExchange.this);
        }

        @Override
        public void postStop() {
            pages.stopped(HttpExchange.this);
        }

        /** Most pages answer at once; then nothing is scheduled. */
        private void ask(HttpRequest request) {
            // First, because answer(..) may run within this call.
            awaits = true;
            upgrade = kind == HttpInput.Kind.UPGRADE ? request : null;
            Future<? extends HttpResponse> response = pages.answer(request);
            if (response.isCompleted()) {
                answer(response.value().get());
            } else {
                // The callback runs on the thread that completes the response, and only passes it to the interpreter.
                response.onComplete(
                        outcome -> {
                            answered.invoke(outcome);
                            return null;
                        },
                        ExecutionContext.parasitic$.MODULE$);
            }
        }

        private void answer(Try<? extends HttpResponse> outcome) {
            awaits = false;
            if (outcome.isFailure()) {
                // PageGuard answers failures of the pages; what fails here is Pekko HTTP's code around them.
                failStage(outcome.failed().get());
                return;
            }
            HttpResponse response = finalResponse(outcome.get());
            report(response);
            unanswered--;
            // Before the push: the output that it causes is classified by this entry.
            unwritten.add(ResponseEnd.of(response, kind));
            push(rendered, response);
            if (last) {
                completeStage();
            }
        }

        /** A 404 for a handshake would otherwise be in neither log nor counter: to the pages it is a request like any other. */
        private void report(HttpResponse response) {
            HttpRequest handshake = upgrade;
            if (handshake != null) {
                upgrade = null;
                pages.upgradeAnswered(handshake, response.status().intValue());
            }
        }

        /** Answers the current request, and takes no other. */
        private void finish() {
            if (awaits) {
                // Completing now would drop the response. answer(..) completes the stage after it has pushed it.
                last = true;
                cancel(parsed);
            } else {
                completeStage();
            }
        }

        private final class Requests extends AbstractInHandler {
            @Override
            public void onPush() {
                unparsed--;
                ask(grab(parsed));
            }

            @Override
            public void onUpstreamFinish() {
                finish();
            }
        }

        private final class Demand extends AbstractOutHandler {
            @Override
            public void onPull() {
                if (!last) {
                    pull(parsed);
                }
            }
        }
    }
}
