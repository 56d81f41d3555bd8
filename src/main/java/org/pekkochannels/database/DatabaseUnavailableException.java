package org.pekkochannels.database;

/**
 * The database could not be reached at start, while its {@code fail-fast} is on. Immutable.
 *
 * <p>Neither its message nor its cause holds the user or the password.
 */
public final class DatabaseUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DatabaseUnavailableException(String where, String section, Throwable cause) {
        super(
                "cannot reach the database " + where + " at start: " + cause.getMessage()
                        + "; check " + section
                        + ".url, user and password (DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD), or set " + section
                        + ".fail-fast = off to start without it",
                cause);
    }
}
