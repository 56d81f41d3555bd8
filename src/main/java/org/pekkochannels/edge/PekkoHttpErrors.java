package org.pekkochannels.edge;

import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/**
 * Answers where Pekko HTTP rejects a request itself: a head, which our reader should have rejected before, or a body that is
 * larger than {@code max-content-length}. It is named by its class, found by its one instance, and has no state.
 */
public final class PekkoHttpErrors extends ParsingErrorHandler {
    /** Where Pekko looks for the instance of a class that is configured by name. */
    public static final PekkoHttpErrors MODULE$ = new PekkoHttpErrors();

    private PekkoHttpErrors() {}

    /**
     * The answer.
     *
     * @param status the status
     * @param error what was wrong; its detail may quote the request, and is neither sent nor logged
     * @param log a log of one connection, which counts
     * @param settings the server's
     * @return a response with the summary
     */
    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
        if (log instanceof PekkoHttpLog own) {
            own.rejected(status.intValue());
        }
        return HttpResponse.create().withStatus(status.intValue()).withEntity(error.summary());
    }
}
