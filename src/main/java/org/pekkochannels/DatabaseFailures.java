package org.pekkochannels;

import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.DatabaseBusyException;
import org.pekkochannels.database.DatabaseUnavailableException;
import org.pekkochannels.protocol.Scope;

/**
 * Answers 503, as for WebSockets, if a page's database has no free thread or is unreachable. Logs one line instead of a stack trace, which
 * would add nothing. A handler of the application takes precedence. Stateless.
 */
final class DatabaseFailures {
    private static final SafeLog LOG = SafeLog.of(DatabaseFailures.class);
    private static final ExceptionHandler HANDLER = ExceptionHandler.newBuilder()
            .match(DatabaseBusyException.class, DatabaseFailures::unavailable)
            .match(DatabaseUnavailableException.class, DatabaseFailures::unavailable)
            .build();

    private DatabaseFailures() {}

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
