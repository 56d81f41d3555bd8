package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * Checks JSON Web Tokens (RFC 7519) whose keys an identity provider publishes as a JSON Web Key Set (RFC 7517). Needs the dependency
 * {@code com.nimbusds:nimbus-jose-jwt}, version 10.
 * <pre>{@code
 * TokenVerifier tokens = JwtVerifier.of(URI.create("https://login.example.org/keys"))
 *         .issuer("https://login.example.org/")
 *         .audience("chat")
 *         .algorithms("RS256")
 *         .build();
 * }</pre>
 *
 * <p>A token is valid if it is signed by one of the keys, with one of the algorithms, and has that issuer, one of the audiences, a user and
 * an end. Its end and its begin ({@code exp}, {@code nbf}) may be exceeded by {@link Builder#clockSkew}. Tokens that are not signed
 * ({@code alg: none}), are encrypted, or have more than 8192 characters, are never valid.
 *
 * <p>Keys are kept for five minutes. A token with an unknown key makes the verifier ask for them again, at most twice in 30 seconds. If the
 * provider does not answer, the keys are kept for up to four hours. If there are none, the stage fails with
 * {@link TokensUnavailableException}.
 *
 * <p>Thread-safe. Tokens are checked on two threads of all verifiers of a process, where at most 1000 wait; others fail with
 * {@link TokensUnavailableException}.
 */
public final class JwtVerifier implements TokenVerifier {
    private final SignedTokens tokens;

    private JwtVerifier(SignedTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * Begins with the place of the keys.
     *
     * @param keys the URL of the JSON Web Key Set, with {@code https}; {@code http} is accepted of this machine only
     * @return a builder
     * @throws IllegalArgumentException if the URL cannot be used
     */
    public static Builder of(URI keys) {
        return new Builder(requireNonNull(keys, "the URL of a verifier's keys must not be null"));
    }

    /** {@inheritDoc} */
    @Override
    public CompletionStage<Optional<VerifiedToken>> verify(String token) {
        requireNonNull(token, "a token must not be null");
        if (token.length() > BearerToken.MOST_CHARACTERS) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<VerifiedToken>> result = new CompletableFuture<>();
        try {
            TokenThreads.EXECUTOR.execute(() -> {
                try {
                    result.complete(tokens.verify(token));
                } catch (Throwable failure) {
                    result.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(new TokensUnavailableException("more than " + TokenThreads.MOST_WAITING
                    + " tokens wait to be checked; limit the rate of handshakes"));
        }
        return result;
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "JwtVerifier";
    }

    /** What tokens must have. For one thread. */
    public static final class Builder {
        private static final Duration MOST_SKEW = Duration.ofMinutes(5);
        // Those that one key signs and another verifies, so that who knows the published keys cannot sign.
        private static final Set<String> ASYMMETRIC =
                Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

        private final URI keys;
        private String issuer = "";
        private List<String> audiences = List.of();
        private List<String> algorithms = List.of();
        private String userClaim = "sub";
        private Duration clockSkew = Duration.ofMinutes(1);

        private Builder(URI keys) {
            this.keys = keys;
            boolean local = "http".equals(keys.getScheme())
                    && List.of("127.0.0.1", "[::1]", "localhost").contains(String.valueOf(keys.getHost()));
            if (keys.getHost() == null || !(local || "https".equals(keys.getScheme()))) {
                throw new IllegalArgumentException("the URL of a verifier's keys must begin with https://, because keys"
                        + " that are changed on their way would sign any token; was '" + keys + "'");
            }
        }

        /**
         * The issuer, required.
         *
         * @param name the value of {@code iss}, exactly
         * @return this builder
         */
        public Builder issuer(String name) {
            issuer = requireText(name, "the issuer of tokens");
            return this;
        }

        /**
         * The audiences, of which a token must have one; required, because a token of another application must not be valid here.
         *
         * @param names values of {@code aud}
         * @return this builder
         */
        public Builder audience(String... names) {
            audiences = List.of(names);
            audiences.forEach(name -> requireText(name, "an audience of tokens"));
            return this;
        }

        /**
         * The algorithms that the provider signs with, required.
         *
         * @param names of {@code RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512}
         * @return this builder
         * @throws IllegalArgumentException for another one
         */
        public Builder algorithms(String... names) {
            algorithms = List.of(names);
            algorithms.forEach(name -> {
                if (!ASYMMETRIC.contains(name)) {
                    throw new IllegalArgumentException("an algorithm of tokens must be one of "
                            + ASYMMETRIC.stream().sorted().toList()
                            + ", because published keys must not be able to sign; was '" + name + "'");
                }
            });
            return this;
        }

        /**
         * The claim with the user's id.
         *
         * @param name a claim whose value is a text; {@code sub} by default
         * @return this builder
         */
        public Builder userClaim(String name) {
            userClaim = requireText(name, "the user's claim of tokens");
            return this;
        }

        /**
         * By how much clocks may differ.
         *
         * @param most from zero to 5 minutes; 1 minute by default. A token is valid for that time after its end
         * @return this builder
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder clockSkew(Duration most) {
            requireNonNull(most, "the clock skew of tokens must not be null");
            if (most.isNegative() || most.compareTo(MOST_SKEW) > 0) {
                throw new IllegalArgumentException("the clock skew of tokens must be from 0 to 5 minutes, was " + most);
            }
            clockSkew = most;
            return this;
        }

        /**
         * Makes the verifier. The keys are requested for the first token.
         *
         * @return the verifier
         * @throws IllegalStateException if issuer, audience or algorithms are missing, or the dependency is
         */
        public JwtVerifier build() {
            requireSet(!issuer.isEmpty(), "issuer(..)");
            requireSet(!audiences.isEmpty(), "audience(..)");
            requireSet(!algorithms.isEmpty(), "algorithms(..)");
            try {
                return new JwtVerifier(SignedTokens.of(keys, issuer, audiences, algorithms, userClaim, clockSkew));
            } catch (NoClassDefFoundError missing) {
                throw new IllegalStateException(
                        "JwtVerifier needs the dependency com.nimbusds:nimbus-jose-jwt, version 10", missing);
            }
        }

        private static void requireSet(boolean set, String method) {
            if (!set) {
                throw new IllegalStateException("a JwtVerifier without " + method
                        + " would accept tokens that are not for this application; call it");
            }
        }

        private static String requireText(String text, String what) {
            requireNonNull(text, () -> what + " must not be null");
            if (text.isBlank()) {
                throw new IllegalArgumentException(what + " must not be empty");
            }
            return text;
        }
    }
}
