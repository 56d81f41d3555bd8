package org.pekkochannels.database;

/** Database work was rejected, or removed from the queue before it started, because the database was stopped. Immutable. */
public final class DatabaseClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DatabaseClosedException() {
        super("database is stopped; send work before Database.stop() and before the actor system terminates");
    }
}
