package org.pekkochannels.consumer;

import org.pekkochannels.database.DatabaseBusyException;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Scope;
import org.slf4j.Logger;

/** What a failed callback means: for the log, and for the client. */
final class Failures {
    private Failures() {}

    /** Logs a failure, in one line where more would only repeat itself under load, and tells how to close. */
    static CloseReason log(Logger log, String callback, Scope scope, Throwable failure) {
        if (failure instanceof DatabaseBusyException) {
            log.warn("{} on {} failed: {}", callback, scope.printablePath(), failure.getMessage());
            return CloseReason.of(CloseCode.TRY_AGAIN_LATER);
        }
        log.error("{} on {} failed", callback, scope.printablePath(), failure);
        return CloseReason.of(CloseCode.INTERNAL_ERROR);
    }
}
