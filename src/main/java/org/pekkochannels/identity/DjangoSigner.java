package org.pekkochannels.identity;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks what Django has signed with HMAC-SHA256 (<a href="https://docs.djangoproject.com/en/5.2/topics/signing/">Cryptographic signing</a>):
 * Django 3.1 or later. Immutable.
 *
 * <p>A key is the SHA-256 of a salt and the site's secret key, so that a signature for one purpose is of no use for another.
 */
final class DjangoSigner {
    private final List<byte[]> keys;

    /**
     * Derives the keys.
     *
     * @param salt the purpose, as Django writes it before the secret key
     * @param secretKeys {@code SECRET_KEY}, then {@code SECRET_KEY_FALLBACKS}
     */
    DjangoSigner(String salt, List<String> secretKeys) {
        keys = secretKeys.stream().map(secret -> Sha256.hash(salt + secret)).toList();
    }

    /** The signed value, without its signature; empty unless one of the keys has signed it. */
    Optional<String> unsign(String signed) {
        int colon = signed.lastIndexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        String value = signed.substring(0, colon);
        return decoded(signed.substring(colon + 1))
                .filter(signature -> isOf(value, signature))
                .map(valid -> value);
    }

    /** Whether a text in hexadecimal digits is the value's signature. */
    boolean isHex(String value, String signature) {
        try {
            return isOf(value, HexFormat.of().parseHex(signature));
        } catch (IllegalArgumentException notHex) {
            return false;
        }
    }

    private boolean isOf(String value, byte[] signature) {
        return keys.stream().anyMatch(key -> MessageDigest.isEqual(Sha256.hmac(key, value), signature));
    }

    /** Only the canonical text of a signature counts, as in Django, which compares texts. */
    private static Optional<byte[]> decoded(String signature) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(signature);
            return Stream.of(bytes)
                    .filter(same -> Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(same)
                            .equals(signature))
                    .findFirst();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
