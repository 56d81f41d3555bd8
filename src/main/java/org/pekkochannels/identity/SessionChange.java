package org.pekkochannels.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What to write. Immutable.
 *
 * @param before the session as it was read; empty for a new one
 * @param userId the user who is logged in from now on
 * @param fingerprint the user's
 * @param data the values from now on; not changed afterwards
 */
record SessionChange(
        Kind kind,
        Optional<StoredSession> before,
        Optional<String> userId,
        Optional<String> fingerprint,
        ObjectNode data) {
    /** In the order of their strength. */
    enum Kind {
        NONE,
        /** The key stays; a new session gets one. */
        UPDATE,
        /** A new key, as at a login, so that a key that was planted in the browser before is worth nothing. */
        CYCLE,
        /** The session ends; what the data contains begins a new one. */
        REPLACE;

        Kind atLeast(Kind other) {
            return compareTo(other) < 0 ? other : this;
        }
    }

    /** Whether the session as it was before is deleted. */
    boolean endsSession() {
        return kind == Kind.CYCLE || kind == Kind.REPLACE;
    }

    boolean isEmpty() {
        return userId.isEmpty() && data.isEmpty();
    }

    /** Without the data. */
    @Override
    public String toString() {
        return "SessionChange[" + kind + "]";
    }
}
