package org.pekkochannels.database.jdbc;

import java.sql.SQLException;

/** The connection was lost during a statement that also commits: the transaction may have been committed, or not. Immutable. */
public final class LostCommitException extends SQLException {
    private static final long serialVersionUID = 1L;

    /** Explains the driver's exception, whose state it has. */
    public LostCommitException(SQLException cause) {
        super("the connection was lost during a commit", cause.getSQLState(), cause);
    }

    /** The exception, or one of this class if the connection was lost. */
    public static SQLException explained(SQLException failure) {
        return Condition.of(failure) == Condition.LOST ? new LostCommitException(failure) : failure;
    }
}
