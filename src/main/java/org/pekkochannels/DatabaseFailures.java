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
 * What pages answer whose database has no thread or cannot be reached: 503, as WebSockets are, and one line in the log where a
 * stack trace would only repeat itself. A handler of the application's own comes first. Stateless.
 */
final class DatabaseFailures {
    private static final SafeLog LOG = SafeLog.of(DatabaseFailures.class);
    private static final ExceptionHandler HANDLER = ExceptionHandler.newBuilder()
            .match(DatabaseBusyException.class, DatabaseFailures::unavailable)
            .match(DatabaseUnavailableException.class, DatabaseFailures::unavailable)
            .build();

    private DatabaseFailures() {}

    /** Pages that answer so. */
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
