package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A message for many connections. It is encoded once, and compressed once, by the first connection that needs it compressed.
 *
 * <p>Thread-safe. The bytes are shared and must not be changed.
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
     * A text message from bytes that are already encoded.
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
     * Whether the message is text.
     *
     * @return false if it is binary
     */
    public boolean isText() {
        return text;
    }

    /**
     * The bytes of the message; a text in UTF-8.
     *
     * @return the shared bytes
     */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Another form of the message, made on first use. Other callers wait until it is made.
     *
     * @param key identifies the form
     * @param made makes the form; must be brief
     * @return the shared form
     */
    public byte[] form(Object key, Supplier<byte[]> made) {
        return forms.computeIfAbsent(key, unseen -> made.get());
    }
}
