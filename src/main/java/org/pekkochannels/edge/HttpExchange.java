package org.pekkochannels.edge;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BidiShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Sees the requests and responses of one connection pass between Pekko HTTP and the pages, and so knows to which of them the
 * bytes belong that Pekko HTTP gives. Run once; confined to the stream's interpreter.
 */
final class HttpExchange extends GraphStage<BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse>> {
    // As Pekko HTTP writes it.
    private static final byte[] CONTINUE = ResponseEnd.ascii("HTTP/1.1 100 ");

    // So many bytes are sooner copied than looked at one by one through a buffer.
    private static final int MOST_HEADS = 4 * 1024;

    private final Inlet<HttpRequest> parsed = Inlet.create("HttpExchange.parsed");
    private final Outlet<HttpRequest> asked = Outlet.create("HttpExchange.asked");
    private final Inlet<HttpResponse> answered = Inlet.create("HttpExchange.answered");
    private final Outlet<HttpResponse> rendered = Outlet.create("HttpExchange.rendered");
    private final BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse> shape =
            BidiShape.of(parsed, asked, answered, rendered);
    // Given to Pekko HTTP and not seen as a request yet; and seen, or given, and not answered yet.
    private int unparsed;
    private int unanswered;
    private HttpInput.Kind kind = HttpInput.Kind.CURRENT;
    private final Queue<ResponseEnd> unwritten = new ArrayDeque<>(1);
    private ResponseEnd writing = ResponseEnd.reached();

    /** What a piece of Pekko HTTP's output is. */
    enum Part {
        /** The beginning of a response. */
        BEGINNING,
        /** The beginning of a response after which the connection ends. */
        BEGINNING_OF_LAST,
        /** A 101, after which both directions belong to another protocol. */
        SWITCH,
        /** More of a response, or a 100. */
        MORE
    }

    @Override
    public BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    /** A head was given to Pekko HTTP, when a response to the one before had begun. */
    void given(HttpInput.Kind request) {
        unparsed++;
        unanswered++;
        kind = request;
    }

    /** Whether a head was given that has not become a request: while Pekko HTTP answers an error, one that it has refused. */
    boolean isUnparsed() {
        return unparsed > 0;
    }

    /** Whether the pages have not answered the last request that was given. */
    boolean isAwaited() {
        return unanswered > 0;
    }

    /** Whether a response that the pages have given is still to be written, in whole or in part. */
    boolean isWriting() {
        return !writing.isReached() || !unwritten.isEmpty();
    }

    /** What the next piece of output is. */
    Part part(ByteString bytes) {
        if (!writing.isReached()) {
            writing.follow(bytes);
        } else if (!unwritten.isEmpty()) {
            return begin(head(bytes));
        }
        return Part.MORE;
    }

    /** A 100 may be on its way while the pages answer already. */
    private Part begin(byte[] head) {
        if (ResponseEnd.isAt(head, 0, CONTINUE)) {
            return Part.MORE;
        }
        writing = unwritten.remove();
        return writing.begin(head);
    }

    /** Pekko HTTP writes a head in one piece; a body that is at hand follows it in the same, or in a fragment of its own. */
    private static byte[] head(ByteString bytes) {
        ByteString first = bytes.size() <= MOST_HEADS
                ? bytes
                : ByteString.fromByteBuffer(bytes.asByteBuffers().head());
        return first.toArrayUnsafe();
    }

    private final class Logic extends GraphStageLogic {
        Logic() {
            super(shape);
            setHandler(parsed, new Requests());
            setHandler(asked, new RequestDemand());
            setHandler(answered, new Responses());
            setHandler(rendered, new ResponseDemand());
        }

        private final class Requests extends AbstractInHandler {
            @Override
            public void onPush() {
                unparsed--;
                push(asked, WholeBody.check(grab(parsed)));
            }

            @Override
            public void onUpstreamFinish() {
                complete(asked);
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
                fail(asked, failure);
            }
        }

        private final class RequestDemand extends AbstractOutHandler {
            @Override
            public void onPull() {
                pull(parsed);
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                cancel(parsed, cause);
            }
        }

        private final class Responses extends AbstractInHandler {
            @Override
            public void onPush() {
                HttpResponse given = grab(answered);
                unanswered--;
                unwritten.add(ResponseEnd.of(given, kind));
                push(rendered, given);
            }

            @Override
            public void onUpstreamFinish() {
                complete(rendered);
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
                fail(rendered, failure);
            }
        }

        private final class ResponseDemand extends AbstractOutHandler {
            @Override
            public void onPull() {
                pull(answered);
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                cancel(answered, cause);
            }
        }
    }
}
