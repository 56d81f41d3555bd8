package org.pekkochannels.edge;

import java.util.function.ToLongFunction;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.HttpEntity;
import org.apache.pekko.http.scaladsl.model.IllegalRequestException;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Fails a request's body that ends before it is complete. Pekko HTTP completes such a body when it ends the connection after an early
 * response, so a route that continues to read would keep half of an upload.
 *
 * @param <T> a part of the body
 */
final class WholeBody<T> extends GraphStage<FlowShape<T, T>> {
    // Distinguishes our failures from those of a page's own requests to other servers.
    private static final ErrorInfo CUT_OFF = new ErrorInfo("the request's body was cut off", "", "");

    private final Inlet<T> in = Inlet.create("WholeBody.in");
    private final Outlet<T> out = Outlet.create("WholeBody.out");
    private final FlowShape<T, T> shape = FlowShape.of(in, out);
    private final long size;
    private final ToLongFunction<T> sizeOf;

    private WholeBody(long size, ToLongFunction<T> sizeOf) {
        this.size = size;
        this.sizeOf = sizeOf;
    }

    /**
     * The request with a checked body, if the body is a stream. A sized body is complete after its bytes, a chunked one after its last
     * chunk, which alone counts. A strict body needs no check: Pekko HTTP had all of it when it emitted the request.
     */
    static HttpRequest check(HttpRequest request) {
        if (request.entity() instanceof HttpEntity.Default sized) {
            WholeBody<ByteString> whole = new WholeBody<>(sized.contentLength(), ByteString::size);
            return request.withEntity(new HttpEntity.Default(
                    sized.contentType(), sized.contentLength(), sized.data().via(whole)));
        } else if (request.entity() instanceof HttpEntity.Chunked chunked) {
            WholeBody<HttpEntity.ChunkStreamPart> whole = new WholeBody<>(1, part -> part.isLastChunk() ? 1 : 0);
            return request.withEntity(new HttpEntity.Chunked(
                    chunked.contentType(), chunked.chunks().via(whole)));
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
    public FlowShape<T, T> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private long missing = size;

        Logic() {
            super(shape);
            Parts parts = new Parts();
            setHandler(in, parts);
            setHandler(out, parts);
        }

        private final class Parts extends AbstractInOutHandler {
            @Override
            public void onPush() {
                T part = grab(in);
                missing -= sizeOf.applyAsLong(part);
                push(out, part);
            }

            @Override
            public void onPull() {
                pull(in);
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
    }
}
