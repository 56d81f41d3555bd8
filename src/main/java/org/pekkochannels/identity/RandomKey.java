package org.pekkochannels.identity;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/** A secret of 256 random bits, as a cookie or a query can contain it. Stateless. */
final class RandomKey {
    private static final int BYTES = 32;
    private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomKey() {}

    static String next() {
        byte[] key = new byte[BYTES];
        RANDOM.nextBytes(key);
        return encoded(key);
    }

    /** Any other text needs no database call. */
    static boolean matches(String text) {
        return PATTERN.matcher(text).matches();
    }

    /** A key that only the owner of another key can read. The pad is as long as the key, and used once. The inverse of itself. */
    static String masked(String key, String by) {
        byte[] bytes = Base64.getUrlDecoder().decode(key);
        byte[] pad = Sha256.hmac(Base64.getUrlDecoder().decode(by), "session key of a ticket");
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= pad[i];
        }
        return encoded(bytes);
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
