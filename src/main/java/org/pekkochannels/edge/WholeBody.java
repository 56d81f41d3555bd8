package org.pekkochannels.edge;

import java.util.function.ToLongFunction;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.HttpEntity;
import org.apache.pekko.http.scaladsl.model.IllegalRequestException;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * A request's body as a page reads it. Corrects two cases of Pekko HTTP.
 *
 * <ul>
 *   <li>A body that ends before it is complete fails. Pekko HTTP completes it when it ends the connection after an early response, so a
 *       route that continues to read would keep half of an upload.
 *   <li>A page that stops reading before the end, for example because the body is too large, can still answer. Pekko HTTP fails the
 *       connection if a body is cancelled before the response, and the client would be reset. So the body is not cancelled, only not read
 *       further: Pekko HTTP ends it with the connection, after the response.
 * </ul>
 *
 * @param <T> a part of the body
 */
final class WholeBody<T> extends GraphStage<SourceShape<T>> {
    // Distinguishes our failures from those of a page's own requests to other servers.
    private static final ErrorInfo CUT_OFF = new ErrorInfo("the request's body was cut off", "", "");

    private final Outlet<T> out = Outlet.create("WholeBody.out");
    private final SourceShape<T> shape = SourceShape.of(out);
    private final Source<T, Object> parts;
    private final long size;
    private final ToLongFunction<T> sizeOf;

    private WholeBody(Source<T, Object> parts, long size, ToLongFunction<T> sizeOf) {
        this.parts = parts;
        this.size = size;
        this.sizeOf = sizeOf;
    }

    /**
     * The request with such a body, if the body is a stream. A sized body is complete after its bytes, a chunked one after its last
     * chunk, which alone counts. A strict body needs no check: Pekko HTTP had all of it when it emitted the request.
     *
     * @param maxBytes the bound of the body unless the page sets another; it must be set on the body that the page reads, because what
     *     exceeds it cancels
     */
    static HttpRequest check(HttpRequest request, long maxBytes) {
        if (request.entity().isStrict()) {
            return request;
        }
        Object unbounded = request.entity().withoutSizeLimit();
        if (unbounded instanceof HttpEntity.Default sized) {
            WholeBody<ByteString> whole =
                    new WholeBody<>(sized.getDataBytes(), sized.contentLength(), ByteString::size);
            return request.withEntity(new HttpEntity.Default(
                            sized.contentType(),
                            sized.contentLength(),
                            Source.fromGraph(whole)
                                    .<Object>mapMaterializedValue(any -> any)
                                    .asScala())
                    .withSizeLimit(maxBytes));
        } else if (unbounded instanceof HttpEntity.Chunked chunked) {
            WholeBody<HttpEntity.ChunkStreamPart> whole =
                    new WholeBody<>(chunked.chunks().asJava(), 1, part -> part.isLastChunk() ? 1 : 0);
            return request.withEntity(new HttpEntity.Chunked(
                            chunked.contentType(),
                            Source.fromGraph(whole)
                                    .<Object>mapMaterializedValue(any -> any)
                                    .asScala())
                    .withSizeLimit(maxBytes));
        }
        return request;
    }

    /** The failure of a body that will stay incomplete. */
    static EntityStreamException cutOff() {
        return new EntityStreamException(CUT_OFF);
    }

    /** Whether a route has failed for this reason. */
    static boolean isCutOff(Throwable failure) {
        return (failure instanceof EntityStreamException broken && CUT_OFF.equals(broken.info()))
                // toStrictEntity converts the failure to this one.
                || (failure instanceof IllegalRequestException illegal
                        && CUT_OFF.summary().equals(illegal.info().summary()));
    }

    @Override
    public SourceShape<T> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        // Run as a separate stream: then neither the page's cancellation nor its bound reaches Pekko HTTP's part.
        private final SubSinkInlet<T> body = new SubSinkInlet<>("WholeBody.body");
        private long missing = size;

        Logic() {
            super(shape);
            body.setHandler(new Parts());
            setHandler(out, new Page());
        }

        @Override
        public void preStart() {
            parts.runWith(body.sink(), subFusingMaterializer());
        }

        private final class Parts extends AbstractInHandler {
            @Override
            public void onPush() {
                T part = body.grab();
                missing -= sizeOf.applyAsLong(part);
                if (!isClosed(out)) {
                    push(out, part);
                }
            }

            @Override
            public void onUpstreamFinish() {
                if (missing > 0) {
                    failStage(cutOff());
                } else {
                    completeStage();
                }
            }
        }

        private final class Page extends AbstractOutHandler {
            @Override
            public void onPull() {
                body.pull();
            }

            /** The stage lives on, and holds the body, until Pekko HTTP ends it. */
            @Override
            public void onDownstreamFinish(Throwable cause) {
                setKeepGoing(true);
            }
        }
    }
}
