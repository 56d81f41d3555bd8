package org.pekkochannels.edge;

import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.RequestEntity;
import org.apache.pekko.http.scaladsl.model.HttpEntity;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;

/**
 * Sees the end of one request's body go by; thread-safe, as the body's stream runs where the application reads it.
 *
 * <p>It is put around the body's data, and nothing else of the request changes: not its length, its chunks or their trailer.
 */
final class BodyEnd {
    private volatile boolean reached;

    /** Whether the client has sent all of the body; not where the application gave it up before. */
    boolean isReached() {
        return reached;
    }

    /** The request, whose end is seen from now on. */
    HttpRequest watch(HttpRequest request) {
        RequestEntity body = request.entity();
        if (body instanceof HttpEntity.Default sized) {
            return request.withEntity(new HttpEntity.Default(
                    sized.contentType(), sized.contentLength(), sized.data().via(new Stage<>())));
        } else if (body instanceof HttpEntity.Chunked chunked) {
            return request.withEntity(new HttpEntity.Chunked(
                    chunked.contentType(), chunked.chunks().via(new Stage<>())));
        }
        // It came with the head.
        reached = true;
        return request;
    }

    private final class Stage<T> extends GraphStage<FlowShape<T, T>> {
        private final Inlet<T> in = Inlet.create("BodyEnd.in");
        private final Outlet<T> out = Outlet.create("BodyEnd.out");
        private final FlowShape<T, T> shape = FlowShape.of(in, out);

        @Override
        public FlowShape<T, T> shape() {
            return shape;
        }

        @Override
        public GraphStageLogic createLogic(Attributes inheritedAttributes) {
            return new Logic();
        }

        private final class Logic extends GraphStageLogic implements InHandler, OutHandler {
            Logic() {
                super(shape);
                setHandler(in, this);
                setHandler(out, this);
            }

            @Override
            public void onPush() {
                push(out, grab(in));
            }

            @Override
            public void onPull() {
                pull(in);
            }

            @Override
            public void onUpstreamFinish() {
                reached = true;
                completeStage();
            }
        }
    }
}
