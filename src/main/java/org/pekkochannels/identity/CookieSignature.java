package org.pekkochannels.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Signs texts with HMAC-SHA256 and one of several keys: the first one signs, all verify, so that keys can be replaced while old cookies
 * live. Thread-safe.
 */
final class CookieSignature {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final int SIGNATURE_CHARACTERS = 43;

    private final List<byte[]> keys;

    /**
     * With keys for one purpose, which verify nothing that is signed for another one.
     *
     * @param secrets at least one, from the configuration
     */
    CookieSignature(List<byte[]> secrets, String purpose) {
        this.keys = secrets.stream()
                .map(secret -> Sha256.hmac(secret, "pekko-channels " + purpose))
                .toList();
    }

    /** A text whose signature was right, and the place of its key. */
    record Verified(String text, int key) {}

    /** The text, in which no dot is, with a dot and the signature. */
    String sign(String text) {
        return text + "." + signature(keys.get(0), text);
    }

    /** How many characters a signature adds. */
    static int addedCharacters() {
        return 1 + SIGNATURE_CHARACTERS;
    }

    Optional<Verified> verify(String signed) {
        int dot = signed.lastIndexOf('.');
        if (dot < 0 || signed.length() - dot != addedCharacters()) {
            return Optional.empty();
        }
        String text = signed.substring(0, dot);
        byte[] given = signed.substring(dot + 1).getBytes(StandardCharsets.ISO_8859_1);
        for (int key = 0; key < keys.size(); key++) {
            byte[] right = signature(keys.get(key), text).getBytes(StandardCharsets.ISO_8859_1);
            if (MessageDigest.isEqual(right, given)) {
                return Optional.of(new Verified(text, key));
            }
        }
        return Optional.empty();
    }

    /** A short hash of a secret text, which says nothing about it without the key. */
    String fingerprint(int key, String text) {
        return signature(keys.get(key), "fingerprint " + text).substring(0, SIGNATURE_CHARACTERS / 2);
    }

    private static String signature(byte[] key, String text) {
        return BASE64.encodeToString(Sha256.hmac(key, text));
    }
}
