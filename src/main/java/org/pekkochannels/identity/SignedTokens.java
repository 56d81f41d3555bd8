package org.pekkochannels.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pekkochannels.concurrent.SafeLog;

/** Checks signed tokens with Nimbus, which not every application has. Blocks while keys are requested. Thread-safe. */
final class SignedTokens {
    private static final SafeLog LOG = SafeLog.of(SignedTokens.class);

    private static final int MILLIS = 5000;
    private static final Duration LONGEST_DOWNLOAD = Duration.ofSeconds(10);
    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final Duration OUTAGE = Duration.ofHours(4);
    private static final Duration BETWEEN = Duration.ofSeconds(30);

    private final JWKSource<SecurityContext> keys;
    private final DefaultJWTProcessor<SecurityContext> processor;
    private final String userClaim;
    private final Duration skew;

    private SignedTokens(
            JWKSource<SecurityContext> keys,
            DefaultJWTProcessor<SecurityContext> processor,
            String userClaim,
            Duration skew) {
        this.keys = keys;
        this.processor = processor;
        this.userClaim = userClaim;
        this.skew = skew;
    }

    static SignedTokens of(
            URI url, String issuer, List<String> audiences, List<String> algorithms, String userClaim, Duration skew) {
        JWKSource<SecurityContext> keys = keys(url);
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        Set<JWSAlgorithm> accepted =
                algorithms.stream().map(JWSAlgorithm::parse).collect(Collectors.toSet());
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(accepted, keys));
        // RFC 9068 names access tokens so.
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        DefaultJWTClaimsVerifier<SecurityContext> claims = new DefaultJWTClaimsVerifier<>(
                new HashSet<>(audiences),
                new JWTClaimsSet.Builder().issuer(issuer).build(),
                Set.of("exp", userClaim),
                Set.of());
        claims.setMaxClockSkew(Math.toIntExact(skew.toSeconds()));
        processor.setJWTClaimsSetVerifier(claims);
        return new SignedTokens(keys, processor, userClaim, skew);
    }

    private static JWKSource<SecurityContext> keys(URI url) {
        try {
            return JWKSourceBuilder.create(url.toURL(), new KeyDownload(Duration.ofMillis(MILLIS), LONGEST_DOWNLOAD))
                    // It would keep threads of its own.
                    .refreshAheadCache(false)
                    .cache(KEPT.toMillis(), 3L * MILLIS)
                    .rateLimited(BETWEEN.toMillis())
                    .outageTolerant(OUTAGE.toMillis())
                    .build();
        } catch (MalformedURLException impossible) {
            throw new IllegalArgumentException("the URL of a verifier's keys cannot be used: " + url, impossible);
        }
    }

    /**
     * Checks a token. No failure contains it, nor a part of it.
     *
     * @return empty if it is not valid
     */
    Optional<VerifiedToken> verify(String token) {
        try {
            return verified(processor.process(token, null));
        } catch (KeySourceException absent) {
            requireKeys(absent);
            return Optional.empty();
        } catch (ParseException | BadJOSEException | JOSEException | RuntimeException invalid) {
            // The library throws NullPointerException for "null" in place of an object, or of a parameter.
            LOG.debug("a token is not valid", invalid);
            return Optional.empty();
        }
    }

    private Optional<VerifiedToken> verified(JWTClaimsSet claims) {
        return claims.getClaim(userClaim) instanceof String user && Users.isId(user)
                ? Optional.of(new VerifiedToken(
                        user, Optional.of(claims.getExpirationTime().toInstant().plus(skew))))
                : Optional.empty();
    }

    /** With keys, that of this token is unknown, and the provider was asked for others a moment ago. */
    private void requireKeys(KeySourceException absent) {
        try {
            keys.get(new JWKSelector(new JWKMatcher.Builder().build()), null);
        } catch (KeySourceException none) {
            throw new TokensUnavailableException(
                    "tokens cannot be checked, because their keys cannot be read: " + absent.getMessage(), absent);
        }
    }
}
