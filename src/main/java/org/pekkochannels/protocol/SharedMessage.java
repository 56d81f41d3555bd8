package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A message for many connections: it is encoded once, and compressed once by the first that needs it so.
 *
 * <p>Thread-safe. The bytes are shared, and nobody changes them.
 */
public final class SharedMessage {
    private final boolean text;
    private final byte[] bytes;
    private final Map<Object, byte[]> forms = new ConcurrentHashMap<>(2);

    private SharedMessage(boolean text, byte[] bytes) {
        this.text = text;
        this.bytes = bytes;
    }

    /**
     * A text message.
     *
     * @param text the text
     * @return the message
     */
    public static SharedMessage text(String text) {
        return new SharedMessage(
                true,
                requireNonNull(text, "the text of a message must not be null").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A text message of bytes that are there already.
     *
     * @param bytes the text in UTF-8, not to be changed afterwards
     * @return the message
     */
    public static SharedMessage utf8(byte[] bytes) {
        return new SharedMessage(true, bytes);
    }

    /**
     * A binary message.
     *
     * @param bytes the bytes, not to be changed afterwards
     * @return the message
     */
    public static SharedMessage binary(byte[] bytes) {
        return new SharedMessage(false, bytes);
    }

    /**
     * Whether it is text.
     *
     * @return false if it is binary
     */
    public boolean isText() {
        return text;
    }

    /**
     * Its bytes, those of a text in UTF-8.
     *
     * @return the shared bytes
     */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Another form of it, made the first time that anybody asks; who asks meanwhile waits.
     *
     * @param key what kind of form
     * @param made makes it, briefly
     * @return the shared form
     */
    public byte[] form(Object key, Supplier<byte[]> made) {
        return forms.computeIfAbsent(key, unseen -> made.get());
    }
}
