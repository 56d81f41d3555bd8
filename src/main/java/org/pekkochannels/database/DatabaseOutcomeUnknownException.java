package org.pekkochannels.database;

import java.sql.SQLException;
import org.jdbi.v3.core.transaction.TransactionException;
import org.pekkochannels.concurrent.Causes;
import org.pekkochannels.database.jdbc.Condition;
import org.pekkochannels.database.jdbc.HookedTransactions;
import org.pekkochannels.database.jdbc.LostCommitException;

/**
 * The connection was lost during a commit: the transaction may have been committed, or not. The cause is the driver's exception. Immutable.
 *
 * <p>Such work is never retried, because that could do it twice. Check the outcome in the database, by a key of the work.
 */
public final class DatabaseOutcomeUnknownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    // The commit was not even sent.
    private static final String NO_CONNECTION = "08003";

    private DatabaseOutcomeUnknownException(Throwable cause) {
        super(
                "the connection was lost during a commit; check in the database whether the transaction was committed before the"
                        + " work is repeated",
                cause);
    }

    /** The failure of a transaction whose events could not be written: of this class if it may have committed with them. */
    static RuntimeException of(SQLException failure) {
        return failure instanceof LostCommitException && failure.getCause() instanceof SQLException lost
                ? explained(new TransactionException("Failed to commit", lost))
                : HookedTransactions.uncommitted(failure);
    }

    /** The failure of a commit, or an exception of this class if the connection was lost meanwhile. */
    static RuntimeException explained(RuntimeException failure) {
        boolean unsent = Causes.first(failure, SQLException.class)
                .filter(sql -> NO_CONNECTION.equals(sql.getSQLState()))
                .isPresent();
        return Condition.of(failure) == Condition.LOST && !unsent
                ? new DatabaseOutcomeUnknownException(failure)
                : failure;
    }
}
