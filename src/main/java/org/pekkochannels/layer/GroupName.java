package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The name of a group: 1-99 of {@code [A-Za-z0-9._-]}. Immutable.
 *
 * @param value the name
 */
public record GroupName(String value) {
    // Leaves room for the hyphen and the 64 digits of a hash.
    private static final int MAX_PREFIX = 32;

    /**
     * Checks the name; fails with an {@link IllegalArgumentException} that contains it.
     *
     * @param value the name
     */
    public GroupName {
        Names.checkGroup(value);
    }

    /**
     * A name for any text, such as one from a URL or a client. Different prefixes or texts give different names.
     *
     * <p>A text of {@code [A-Za-z0-9._-]} that is short enough is used unchanged: {@code of("chat", "lobby")} is {@code chat_lobby}. Any
     * other text is hashed: {@code chat-} and 64 hexadecimal digits. The two forms never collide, because the first has an underscore after
     * its prefix and the second contains none.
     *
     * @param prefix 1-32 of {@code [A-Za-z0-9.-]}, without an underscore, which ends the prefix
     * @param text any text
     * @return the name
     */
    public static GroupName of(String prefix, String text) {
        requireNonNull(prefix, "the prefix of a group name must not be null");
        requireNonNull(text, "the text of a group name must not be null; use an empty one");
        checkPrefix(prefix);
        String plain = prefix + "_" + text;
        boolean fits = plain.length() <= Names.MAX_LENGTH && Names.isPlainOrEmpty(text);
        return new GroupName(fits ? plain : prefix + "-" + hash(text));
    }

    private static void checkPrefix(String prefix) {
        if (prefix.isEmpty()
                || prefix.length() > MAX_PREFIX
                || prefix.indexOf('_') >= 0
                || !Names.isPlainOrEmpty(prefix)) {
            throw Names.bad("prefix of a group name", "1-32 of [A-Za-z0-9.-]", prefix);
        }
    }

    // Hashes the characters, not UTF-8, in which all unpaired surrogates become the same question mark.
    private static String hash(String text) {
        ByteBuffer characters = ByteBuffer.allocate(text.length() * Character.BYTES);
        characters.asCharBuffer().put(text);
        return HexFormat.of().formatHex(sha256().digest(characters.array()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The name itself. */
    @Override
    public String toString() {
        return value;
    }
}
