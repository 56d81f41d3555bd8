package org.pekkochannels;

import java.util.Optional;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.DatabaseBusyException;
import org.pekkochannels.database.DatabaseUnavailableException;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/**
 * Answers 503, as for consumers, if the database of a page or a middleware has no free thread or is unreachable. Logs one line instead of
 * a stack trace, which would add nothing. A handler of the application takes precedence. Stateless.
 */
final class DatabaseFailures {
    private static final SafeLog LOG = SafeLog.of(DatabaseFailures.class);
    private static final ExceptionHandler HANDLER = ExceptionHandler.newBuilder()
            .match(DatabaseBusyException.class, DatabaseFailures::unavailable)
            .match(DatabaseUnavailableException.class, DatabaseFailures::unavailable)
            .build();

    private static final Refusal UNAVAILABLE =
            Refusal.of(503, "Service Unavailable").because(Refusal.Reason.OVERLOAD);

    private DatabaseFailures() {}

    /** The answer to an upgrade request whose middleware failed; empty if the database is not the cause. */
    static Optional<Refusal> refusal(Throwable failure) {
        return failure instanceof DatabaseBusyException || failure instanceof DatabaseUnavailableException
                ? Optional.of(UNAVAILABLE)
                : Optional.empty();
    }

    /** Wraps the pages with this handler. */
    static Route handled(Route pages) {
        return Directives.handleExceptions(HANDLER, () -> pages);
    }

    private static Route unavailable(RuntimeException failure) {
        return Directives.extractUri(uri -> {
            LOG.warn("the route of {} failed: {}", Scope.of(uri.path()).printablePath(), failure.getMessage());
            return Directives.complete(StatusCodes.SERVICE_UNAVAILABLE);
        });
    }
}
