package org.pekkochannels.edge;

import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.apache.pekko.http.scaladsl.model.IllegalRequestException;
import org.apache.pekko.http.scaladsl.server.RequestContext;
import org.apache.pekko.http.scaladsl.server.RouteResult;
import org.apache.pekko.stream.Materializer;
import org.pekkochannels.concurrent.Causes;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.tracing.span.ThreadContext;
import scala.Function1;
import scala.concurrent.ExecutionContextExecutor;
import scala.concurrent.Future;
import scala.concurrent.Promise;
import scala.concurrent.Promise$;
import scala.util.Try;
import scala.util.control.NonFatal;

/**
 * The application's pages. Their failures are answered with 500, logged with the path and counted. Pekko HTTP would log an exception
 * without the path. Errors that it considers fatal, such as a {@code LinkageError}, would reach its dispatcher and end the JVM. Exception
 * handlers of the application take precedence. A request starts with an empty logging context (MDC) and OpenTelemetry's root context, and
 * its route leaves nothing on the thread. Thread-safe.
 *
 * <p>A failure arrives in one of four ways: the route throws, its future fails, a continuation throws on {@link Run} as the route's
 * executor, or Scala reports a failure to it. The first result of these is the answer; later ones are only logged.
 *
 * <p>{@link Run} is the route's executor because of continuations that throw what Scala does not catch. The route's future then never
 * completes, and only the executor sees the failure.
 */
final class PageGuard implements Function1<RequestContext, Future<RouteResult>> {
    private static final SafeLog LOG = SafeLog.of(PageGuard.class);
    private static final int FAILED = 500;
    private static final int TOO_LARGE = 413;
    private static final String WORDS = "There was an internal server error.";

    private final Function1<RequestContext, Future<RouteResult>> pages;
    private final Materializer streams;
    private final ContainedFailures failures;
    private final LongAdder truncated;

    /**
     * Guards pages.
     *
     * @param truncated counts routes that fail because the request's body was incomplete
     */
    PageGuard(
            Function1<RequestContext, Future<RouteResult>> pages,
            ClassicActorSystemProvider system,
            LongAdder truncated) {
        this.pages = pages;
        this.streams = ContainedStreams.of(system);
        this.failures = ContainedFailures.of(system);
        this.truncated = truncated;
    }

    @Override
    public Future<RouteResult> apply(RequestContext request) {
        return new Run(request).start(pages);
    }

    private static HttpResponse response(int status) {
        return HttpResponse.create().withStatus(status);
    }

    /** Scala code throws checked exceptions without declaring them. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneaked(Throwable failure) throws E {
        throw (E) failure;
    }

    /** Runs the continuations of one request's route, and answers if one fails. */
    private final class Run implements ExecutionContextExecutor {
        private final Promise<RouteResult> answer = Promise$.MODULE$.apply();
        private final RequestContext request;
        private final ExecutionContextExecutor executor;

        Run(RequestContext request) {
            this.request = request;
            this.executor = request.executionContext();
        }

        /** Most routes answer at once; then nothing is scheduled, and the connection's stream continues in the same step. */
        Future<RouteResult> start(Function1<RequestContext, Future<RouteResult>> route) {
            ThreadContext outside = ThreadContext.clear();
            try {
                Future<RouteResult> result = route.apply(contained());
                if (result.isCompleted() && result.value().get().isSuccess()) {
                    return result;
                }
                result.onComplete(this::settle, executor);
            } catch (Throwable failure) {
                settle(failure);
            } finally {
                ThreadReset.to(outside);
            }
            return answer.future();
        }

        /** The request with this executor, and with a materializer whose streams are contained like the connection's. */
        private RequestContext contained() {
            return request.reconfigure(this, streams, request.log(), request.settings());
        }

        private Object settle(Try<RouteResult> result) {
            if (result.isFailure()) {
                settle(result.failed().get());
            } else {
                answer.tryComplete(result);
            }
            return answer;
        }

        /** The client's faults are answered and logged at debug, so that a client cannot fill the log; all others are the page's. */
        private void settle(Throwable failure) {
            if (WholeBody.isCutOff(failure)) {
                truncated.increment();
                LOG.debug("a route failed because the request's body was cut off or refused");
                answer(response(FAILED));
            } else if (failure instanceof IllegalRequestException illegal) {
                // Pekko HTTP would log a warning for each.
                LOG.debug(
                        "a route failed because of its request: {}",
                        illegal.info().summary());
                String words = illegal.info().format(request.settings().verboseErrorMessages());
                answer(response(illegal.status().intValue()).withEntity(words));
            } else if (failure instanceof EntityStreamSizeException) {
                // Pekko HTTP would log an error with a stack trace for each, which a client can cause with one header
                // line.
                LOG.debug("a route failed because the request's body is too large");
                answer(response(TOO_LARGE).withEntity(failure.getMessage()));
            } else {
                failed(failure);
            }
        }

        private void answer(HttpResponse response) {
            answer.trySuccess(new RouteResult.Complete((org.apache.pekko.http.scaladsl.model.HttpResponse) response));
        }

        @Override
        public void execute(Runnable task) {
            executor.execute(() -> attempt(task));
        }

        @Override
        public void reportFailure(Throwable failure) {
            if (NonFatal.apply(failure)) {
                executor.reportFailure(failure);
            } else {
                failed(failure);
            }
        }

        void attempt(Runnable task) {
            // Not emptied: a dispatcher of the application may have set its context.
            ThreadContext outside = ThreadContext.current();
            try {
                task.run();
            } catch (Throwable failure) {
                failUnlessScalas(failure);
            } finally {
                ThreadReset.to(outside);
            }
        }

        /**
         * Scala completes the route's stage with failures that it catches itself. It prints them, so one whose methods throw would end the
         * JVM.
         */
        private void failUnlessScalas(Throwable failure) {
            if (NonFatal.apply(failure) && Causes.arePrintable(failure)) {
                throw PageGuard.<RuntimeException>sneaked(failure);
            }
            failed(failure);
        }

        /**
         * Answers first, and then logs, because an appender may block. The rest of the body is discarded, because the route that should
         * read it has failed.
         */
        private void failed(Throwable failure) {
            answer(response(FAILED).withEntity(WORDS));
            String what = "the route of "
                    + Scope.of(request.request().uri().path().toString()).printablePath();
            failures.contain(Place.PAGE, what, failure);
            failures.run(Place.PAGE, what, () -> request.request().discardEntityBytes(request.materializer()));
        }
    }
}
