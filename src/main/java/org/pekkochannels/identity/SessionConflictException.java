package org.pekkochannels.identity;

/**
 * A session was not saved, because it was changed or deleted after it had been read. Read it again with {@link WebSession#refresh}, and
 * repeat the change. Pages that do not handle it are answered 409.
 */
public final class SessionConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SessionConflictException() {
        super("the session was changed or deleted elsewhere after it had been read, so it was not saved; refresh() it,"
                + " and repeat the change");
    }
}
