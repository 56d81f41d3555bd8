package org.pekkochannels.consumer;

import java.util.concurrent.RejectedExecutionException;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.DatabaseBusyException;
import org.pekkochannels.database.DatabaseCancelledException;
import org.pekkochannels.database.DatabaseClosedException;
import org.pekkochannels.database.DatabaseUnavailableException;
import org.pekkochannels.layer.ChannelFullException;
import org.pekkochannels.layer.LayerUnavailableException;
import org.pekkochannels.layer.NoWorkerException;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Scope;

/** How a failed callback is logged, and which close code it causes. */
final class Failures {
    private static final String LOST =
            "{} on {} created a stage that failed, and neither returned it nor handled its failure;"
                    + " return it, or add exceptionally(..)";

    private Failures() {}

    /** Whether the work was cancelled because its connection has ended, which is not a failure. */
    static boolean isCancelled(Throwable failure, boolean ended) {
        return ended && failure instanceof DatabaseCancelledException;
    }

    /** Logs a failure, in one line if a stack trace would add nothing under load. */
    static void log(SafeLog log, String callback, Scope scope, Throwable failure) {
        if (isTransient(failure)) {
            log.warn("{} on {} failed: {}", callback, scope.printablePath(), failure.getMessage());
        } else {
            log.error("{} on {} failed", callback, scope.printablePath(), failure);
        }
    }

    /** How a failure closes the connection by default. */
    static CloseReason closing(Throwable failure) {
        return CloseReason.of(isTransient(failure) ? CloseCode.TRY_AGAIN_LATER : CloseCode.INTERNAL_ERROR);
    }

    /** Logs the failure of a stage that was neither returned nor handled, unless the end of the connection explains it. */
    static void logLost(SafeLog log, String callback, Scope scope, Throwable failure, boolean end) {
        if (end) {
            log.debug(
                    "{} on {} left a stage that failed because the connection has ended",
                    callback,
                    scope.printablePath(),
                    failure);
        } else if (isTransient(failure)) {
            log.warn(LOST + ": {}", callback, scope.printablePath(), failure.getMessage());
        } else {
            log.error(LOST, callback, scope.printablePath(), failure);
        }
    }

    /** Whether a retry may succeed a little later. */
    private static boolean isTransient(Throwable failure) {
        return failure instanceof DatabaseBusyException
                || failure instanceof DatabaseUnavailableException
                || failure instanceof ConsumerOverloadedException
                || failure instanceof GroupTimeoutException
                || failure instanceof GroupOverflowException
                || failure instanceof LayerUnavailableException
                || failure instanceof NoWorkerException
                || failure instanceof ChannelFullException
                || failure instanceof TooMuchOutputException;
    }

    /** Whether the end of the connection or of the database explains a failure. */
    static boolean isEnd(Throwable failure, boolean ended) {
        return failure instanceof DatabaseClosedException
                || (ended
                        && (failure instanceof DatabaseCancelledException
                                || failure instanceof RejectedExecutionException));
    }
}
