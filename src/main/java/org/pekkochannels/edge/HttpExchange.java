package org.pekkochannels.edge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.ResponseEntity;
import org.apache.pekko.http.scaladsl.model.HttpEntity;
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
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final ByteString CONTINUE = ByteString.fromString("HTTP/1.1 100 Continue\r\n\r\n");
    // As Pekko HTTP writes it.
    private static final byte[] CLOSE = "\r\nConnection: close\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Inlet<HttpRequest> parsed = Inlet.create("HttpExchange.parsed");
    private final Outlet<HttpRequest> asked = Outlet.create("HttpExchange.asked");
    private final Inlet<HttpResponse> answered = Inlet.create("HttpExchange.answered");
    private final Outlet<HttpResponse> rendered = Outlet.create("HttpExchange.rendered");
    private final BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse> shape =
            BidiShape.of(parsed, asked, answered, rendered);
    private int unparsed;
    private int streams;
    private Runnable streamEnded = () -> {};
    private Response response = Response.AWAITED;

    /** What has come to the last request that Pekko HTTP has parsed. */
    private enum Response {
        AWAITED,
        /** Its first bytes are still to come. */
        GIVEN,
        SWITCHING,
        BEGUN
    }

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

    /** Heads were given to Pekko HTTP. */
    void given(int requests) {
        unparsed += requests;
    }

    /** Whether a head was given that has not become a request: while Pekko HTTP answers an error, one that it has refused. */
    boolean isUnparsed() {
        return unparsed > 0;
    }

    /** Whether nothing has come yet to the last request that was given. */
    boolean isAwaited() {
        return response == Response.AWAITED || (response == Response.BEGUN && isUnparsed());
    }

    /** Whether a response's body is still to come, in whole or in part. */
    boolean isStreaming() {
        return streams > 0;
    }

    /** Has a task run each time when a response's body has come to its end. */
    void whenStreamEnds(Runnable task) {
        streamEnded = task;
    }

    /** What the next piece of output is. */
    Part part(ByteString bytes) {
        if (response == Response.SWITCHING) {
            response = Response.BEGUN;
            return Part.SWITCH;
        } else if (response == Response.GIVEN && !bytes.equals(CONTINUE)) {
            response = Response.BEGUN;
            return isLast(bytes) ? Part.BEGINNING_OF_LAST : Part.BEGINNING;
        }
        return Part.MORE;
    }

    /** A response whose end is seen: Pekko HTTP asks for the next one before it has written this. */
    private HttpResponse watched(HttpResponse given) {
        ResponseEntity entity = given.entity();
        if (entity instanceof HttpEntity.Default sized) {
            return given.withEntity(new HttpEntity.Default(
                    sized.contentType(), sized.contentLength(), sized.data().via(watch())));
        } else if (entity instanceof HttpEntity.Chunked chunked) {
            return given.withEntity(new HttpEntity.Chunked(
                    chunked.contentType(), chunked.chunks().via(watch())));
        } else if (entity instanceof HttpEntity.CloseDelimited delimited) {
            return given.withEntity(new HttpEntity.CloseDelimited(
                    delimited.contentType(), delimited.data().via(watch())));
        }
        return given;
    }

    private <T> StreamEnd<T> watch() {
        streams++;
        return new StreamEnd<>(this::streamEnded);
    }

    private void streamEnded() {
        streams--;
        streamEnded.run();
    }

    private static boolean isLast(ByteString bytes) {
        // Pekko HTTP renders a head in one piece.
        ByteBuffer head = bytes.asByteBuffers().head();
        for (int i = head.position(); i < head.limit(); i++) {
            if (head.get(i) == '\r') {
                if (isAt(head, i, CLOSE)) {
                    return true;
                } else if (isAt(head, i, HEAD_END)) {
                    return false;
                }
            }
        }
        return false;
    }

    private static boolean isAt(ByteBuffer head, int index, byte[] text) {
        if (head.limit() - index < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (head.get(index + i) != text[i]) {
                return false;
            }
        }
        return true;
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
                response = Response.AWAITED;
                push(asked, grab(parsed));
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
                response = given.status().intValue() == SWITCHING_PROTOCOLS ? Response.SWITCHING : Response.GIVEN;
                push(rendered, watched(given));
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
