package org.pekkochannels.edge;

import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/**
 * Answers requests that Pekko HTTP itself rejects: a head, which our reader should have rejected before, or a body larger than
 * {@code max-content-length}. Configured by its class name, found by its one instance; stateless.
 */
public final class PekkoHttpErrors extends ParsingErrorHandler {
    /** The field in which Pekko looks for the instance of a class that is configured by name. */
    public static final PekkoHttpErrors MODULE$ = new PekkoHttpErrors();

    private PekkoHttpErrors() {}

    /**
     * The answer.
     *
     * @param status the status
     * @param error the reason; its detail may quote the request, and is neither sent nor logged
     * @param log the log of one connection, which counts
     * @param settings the server's settings
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
