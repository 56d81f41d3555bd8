package org.pekkochannels.identity;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.Scope;

/**
 * Finds the user of a handshake, such as in the sessions of another site: {@code Middleware.require(USER, source::user, refusal)}.
 *
 * @param <U> the class of the users
 */
@FunctionalInterface
public interface IdentitySource<U> {
    /**
     * Finds the user. Called on any thread; must not block.
     *
     * @param scope the request
     * @return a stage of the user; empty if no user is logged in
     */
    CompletionStage<Optional<U>> user(Scope scope);
}
