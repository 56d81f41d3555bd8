package org.pekkochannels;

import java.util.Optional;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.DatabaseBusyException;
import org.pekkochannels.database.DatabaseUnavailableException;
import org.pekkochannels.identity.TokensUnavailableException;
import org.pekkochannels.layer.ChannelFullException;
import org.pekkochannels.layer.LayerUnavailableException;
import org.pekkochannels.layer.NoWorkerException;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/**
 * Answers 503, as for consumers, if a page or a middleware failed because of something that is busy or absent for a while: the database,
 * the engine of the channel layer, a worker, room in a channel, or the keys of tokens. Logs one line instead of a stack trace, which would add nothing. A
 * handler of the application takes precedence. Stateless.
 */
final class PassingFailures {
    private static final SafeLog LOG = SafeLog.of(PassingFailures.class);
    private static final ExceptionHandler HANDLER = ExceptionHandler.newBuilder()
            .match(DatabaseBusyException.class, PassingFailures::unavailable)
            .match(DatabaseUnavailableException.class, PassingFailures::unavailable)
            .match(LayerUnavailableException.class, PassingFailures::unavailable)
            .match(NoWorkerException.class, PassingFailures::unavailable)
            .match(ChannelFullException.class, PassingFailures::unavailable)
            .match(TokensUnavailableException.class, PassingFailures::unavailable)
            .build();

    private static final Refusal UNAVAILABLE =
            Refusal.of(503, "Service Unavailable").because(Refusal.Reason.OVERLOAD);

    private PassingFailures() {}

    /** The answer to an upgrade request whose middleware failed; empty if another request would fail, too. */
    static Optional<Refusal> refusal(Throwable failure) {
        return isPassing(failure) ? Optional.of(UNAVAILABLE) : Optional.empty();
    }

    private static boolean isPassing(Throwable failure) {
        return failure instanceof DatabaseBusyException
                || failure instanceof DatabaseUnavailableException
                || failure instanceof LayerUnavailableException
                || failure instanceof NoWorkerException
                || failure instanceof ChannelFullException
                || failure instanceof TokensUnavailableException;
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
