package org.pekkochannels.consumer;

import java.util.Optional;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.DatabaseBusyException;
import org.pekkochannels.database.DatabaseCancelledException;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Scope;

/** What a failed callback means: for the log, and for the client. */
final class Failures {
    private Failures() {}

    /**
     * Logs a failure, in one line where more would only repeat itself under load, and tells how to close. Work that was
     * cancelled because the connection has ended is no failure.
     */
    static Optional<CloseReason> log(SafeLog log, String callback, Scope scope, Throwable failure, boolean ended) {
        if (ended && failure instanceof DatabaseCancelledException) {
            log.debug("{} on {} was cancelled, as its connection has ended", callback, scope.printablePath());
            return Optional.empty();
        }
        if (failure instanceof DatabaseBusyException || failure instanceof ConsumerOverloadedException) {
            log.warn("{} on {} failed: {}", callback, scope.printablePath(), failure.getMessage());
            return Optional.of(CloseReason.of(CloseCode.TRY_AGAIN_LATER));
        }
        log.error("{} on {} failed", callback, scope.printablePath(), failure);
        return Optional.of(CloseReason.of(CloseCode.INTERNAL_ERROR));
    }
}
