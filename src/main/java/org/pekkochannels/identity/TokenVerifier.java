package org.pekkochannels.identity;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Checks the tokens of clients that have no cookie, such as JSON Web Tokens; for {@link Sessions#withTokens}.
 * {@link JwtVerifier} is one.
 *
 * <p>Must be thread-safe.
 */
@FunctionalInterface
public interface TokenVerifier {
    /**
     * Checks a token: its signature, its issuer, its audience and its times. Called on any thread, so it must not block; a call of the
     * database or of another server completes the stage later.
     *
     * @param token what the client has sent, any text of at most 8192 characters; never to be logged
     * @return a stage of what the token says; empty if it is not valid, then the client is answered 401. A stage that fails is answered
     *     500, or 503 if the database is overloaded or unreachable, or with {@link TokensUnavailableException}
     */
    CompletionStage<Optional<VerifiedToken>> verify(String token);
}
