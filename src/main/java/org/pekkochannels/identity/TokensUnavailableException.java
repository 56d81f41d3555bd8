package org.pekkochannels.identity;

/**
 * Tokens cannot be checked for a while, such as when the server with the keys does not answer. A {@link TokenVerifier} fails its stage with
 * it; the client is answered 503.
 */
public final class TokensUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * With a message that contains no token.
     *
     * @param message what does not work, for the log
     */
    public TokensUnavailableException(String message) {
        super(message);
    }

    /**
     * With a message that contains no token, and a cause.
     *
     * @param message what does not work, for the log
     * @param cause why
     */
    public TokensUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
