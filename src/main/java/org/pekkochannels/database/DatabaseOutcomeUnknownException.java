package org.pekkochannels.database;

import java.sql.SQLException;
import org.pekkochannels.concurrent.Causes;
import org.pekkochannels.database.jdbc.Condition;

/**
 * The connection was lost while a transaction committed: it may have been committed, or not. Its cause is what the driver said.
 * Immutable.
 *
 * <p>It is never tried again, as that could do the work twice. Ask the database what has become of it, by a key of the work's own.
 */
public final class DatabaseOutcomeUnknownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    // The commit was not even sent.
    private static final String NO_CONNECTION = "08003";

    private DatabaseOutcomeUnknownException(Throwable cause) {
        super(
                "the connection was lost while a transaction committed; look into the database whether it did, before the work is"
                        + " done again",
                cause);
    }

    /** What a commit has failed with, or an exception of this class if the connection was lost meanwhile. */
    static RuntimeException explained(RuntimeException failure) {
        boolean unsent = Causes.first(failure, SQLException.class)
                .filter(sql -> NO_CONNECTION.equals(sql.getSQLState()))
                .isPresent();
        return Condition.of(failure) == Condition.LOST && !unsent
                ? new DatabaseOutcomeUnknownException(failure)
                : failure;
    }
}
