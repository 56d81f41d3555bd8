package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * What a valid token says. Immutable.
 *
 * @param userId the id by which {@link UserLoader#load} finds the user
 * @param expires when the token ends, if it does; a token whose end has come is not valid
 */
public record VerifiedToken(String userId, Optional<Instant> expires) {
    /**
     * Checks both.
     *
     * @param userId the id of the user
     * @param expires when the token ends
     */
    public VerifiedToken {
        requireNonNull(userId, "the user id of a token must not be null");
        requireNonNull(expires, "the end of a token must not be null; use Optional.empty()");
    }
}
