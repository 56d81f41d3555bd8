package org.pekkochannels.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * A session as its store keeps it. The data is not changed. Immutable.
 *
 * @param key the value of the cookie, a secret
 * @param version increases with each change
 * @param userId the user who is logged in
 * @param data the application's values by name
 */
record StoredSession(
        String key, long version, Optional<String> userId, Instant created, Instant expires, ObjectNode data) {
    /** Without the key and the data. */
    @Override
    public String toString() {
        return "StoredSession[version " + version + ", expires " + expires + "]";
    }
}
