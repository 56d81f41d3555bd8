package org.pekkochannels.identity;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;

/** Where sessions are kept. Thread-safe. */
interface SessionStore<U> extends LoginCheck {
    /**
     * What a cookie leads to. An expired session, or one whose user does not exist any more, is not found.
     *
     * @param session empty if the visitor has none
     * @param user empty if no user is logged in
     */
    record Found<U>(Optional<StoredSession> session, Optional<U> user) {
        static <U> Found<U> nothing() {
            return new Found<>(Optional.empty(), Optional.empty());
        }
    }

    /** Reads session and user, with at most one call of the database. */
    CompletionStage<Found<U>> find(String key);

    /** As {@link #find(String)}, on the caller's handle. */
    Found<U> find(Handle handle, String key) throws Exception;

    /** Writes; fails with {@link SessionConflictException} if the session was changed or deleted since it was read. */
    CompletionStage<Optional<StoredSession>> write(SessionChange change);

    /** As {@link #write(SessionChange)}, on the caller's handle and in its transaction. */
    Optional<StoredSession> write(Handle handle, SessionChange change);

    /** Fails with {@link IllegalArgumentException} if the store has no room for it. */
    void requireFits(SessionChange change);

    /** Whether a WebSocket, which cannot set a cookie, can save a session. */
    boolean savesWithoutCookie();

    CompletionStage<Done> createTable();

    /** Deletes some expired sessions, and returns whether there may be more. */
    CompletionStage<Boolean> deleteExpired();

    /**
     * Ends all sessions of a user.
     *
     * @return fails with {@link IllegalStateException} if the store cannot
     */
    CompletionStage<Done> endAll(String userId);
}
