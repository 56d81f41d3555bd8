package org.pekkochannels.database;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Causes;
import org.pekkochannels.database.jdbc.DatabaseSection;
import org.pekkochannels.database.jdbc.DatabaseSettings;

/**
 * The database cannot be reached: at start, if its {@code fail-fast} is on, or by a call that got no connection within
 * {@code connection-timeout}. If the database has been unreachable for that long, further calls fail at once, except one at a time that
 * keeps trying. Immutable.
 *
 * <p>A consumer that does not handle it closes with 1013, or refuses with 503; a page answers 503. The work had no effect. Neither the
 * message nor the cause contains the user or the password.
 */
public final class DatabaseUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private DatabaseUnavailableException(String message, @Nullable Throwable cause) {
        // The message of MySQL's driver has several lines.
        super(message.replaceAll("\\s*\\R\\s*", " "), cause);
    }

    static DatabaseUnavailableException atStart(DatabaseSettings settings, Throwable cause) {
        String section = settings.section();
        String variables =
                section.equals(DatabaseSection.DEFAULT) ? " (DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD)" : "";
        return new DatabaseUnavailableException(
                "cannot reach the database " + settings.url() + " at start: " + cause.getMessage() + "; check "
                        + section
                        + ".url, user and password" + variables + ", or set " + section
                        + ".fail-fast = off to start without it",
                cause);
    }

    static DatabaseUnavailableException afterWaiting(DatabaseSettings settings, Throwable cause) {
        return new DatabaseUnavailableException(
                "no connection to the database " + settings.url() + " within "
                        + settings.connectionTimeout().toMillis() + " ms (" + settings.section()
                        + ".connection-timeout): " + last(cause).getMessage(),
                cause);
    }

    /** For a call whose deadline passed before it had a connection. */
    static DatabaseUnavailableException beforeItsEnd(DatabaseSettings settings, Throwable cause) {
        String why = Causes.first(cause, InterruptedException.class).isPresent()
                ? "no login has been answered yet"
                : last(cause).getMessage();
        return new DatabaseUnavailableException(
                "no connection to the database " + settings.url() + " before the call's deadline: " + why, cause);
    }

    static DatabaseUnavailableException known(DatabaseSettings settings, Throwable cause) {
        return new DatabaseUnavailableException(
                "the database " + settings.url() + " has not been reachable for longer than "
                        + settings.connectionTimeout().toMillis() + " ms (" + settings.section()
                        + ".connection-timeout): " + cause.getMessage(),
                cause);
    }

    /** For a pool of the application, about which nothing else is known. */
    static DatabaseUnavailableException ofPool(Throwable cause) {
        return new DatabaseUnavailableException(
                "the application's pool provided no connection: " + last(cause).getMessage(), cause);
    }

    /** For a ping without an answer, or with a negative one. */
    static DatabaseUnavailableException unanswered(@Nullable Throwable cause) {
        return new DatabaseUnavailableException(
                "the database does not answer" + (cause == null ? "" : ": " + cause.getMessage()), cause);
    }

    // The pool's exception reports the wait, the driver's the reason.
    private static Throwable last(Throwable failure) {
        return Causes.of(failure).reduce((earlier, later) -> later).orElse(failure);
    }
}
