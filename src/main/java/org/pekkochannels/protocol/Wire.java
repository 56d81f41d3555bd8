package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The consumer's side of a connection: sends to the client.
 *
 * <p>Use it only within the consumer's turns, on the thread that runs the turn. No method blocks. Output is written by {@link #endTurn} at
 * the latest. After the connection has ended, output is dropped and counted; it is never an error.
 */
public interface Wire {
    /**
     * Accepts the connection. Call it once, before anything is sent.
     *
     * @param acceptance the subprotocol and headers of the response
     */
    void accept(Acceptance acceptance);

    /**
     * Refuses the connection. Call it instead of {@link #accept}.
     *
     * @param refusal the HTTP response
     */
    void refuse(Refusal refusal);

    /**
     * Sends a text message.
     *
     * @param text the text
     */
    void send(String text);

    /**
     * Sends a binary message.
     *
     * @param bytes the bytes, not to be changed afterwards
     */
    void send(byte[] bytes);

    /**
     * Sends a message that many connections receive; it is encoded once for all of them.
     *
     * @param message the message
     */
    default void send(SharedMessage message) {
        if (message.isText()) {
            send(new String(message.bytes(), StandardCharsets.UTF_8));
        } else {
            send(message.bytes());
        }
    }

    /**
     * Sends a message that replaces an earlier one of the same key, if that has not left yet, and takes its place in the order.
     *
     * @param key identifies what the messages are about
     * @param message the message
     */
    default void sendLatest(Object key, SharedMessage message) {
        send(message);
    }

    /**
     * Closes the connection after the pending output.
     *
     * @param reason the content of the close frame; {@link CloseCode#NO_STATUS} sends none
     */
    void close(CloseReason reason);

    /**
     * Runs a task once, when the client has taken nearly all output sent so far, so that more can be sent without filling buffers. If the
     * connection ends first ({@link Inbound.Closed}), the task may never run.
     *
     * <p>At most 1,000,000 tasks may be pending; one more fails with {@link IllegalStateException}.
     *
     * @param task runs on any thread; must neither block nor throw
     */
    default void onDrained(Runnable task) {
        task.run();
    }

    /**
     * How many bytes may wait for a client that does not read. May be called on any thread. Pending calls of the consumer's methods from
     * other threads may hold the same number of bytes until the consumer's turn.
     *
     * @return {@code channels.websocket.max-outbound-bytes}, or the endpoint's; by default the greatest possible value
     */
    default int maxOutboundBytes() {
        return Integer.MAX_VALUE;
    }

    /**
     * Ends a turn: writes its output in one write.
     *
     * @param consumed whether the last delivery is handled, so that the next may follow
     */
    void endTurn(boolean consumed);

    /**
     * A message for many connections. It is encoded once, and compressed once, by the first connection that needs it compressed.
     *
     * <p>Thread-safe. The bytes are shared and must not be changed.
     */
    final class SharedMessage {
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
                    requireNonNull(text, "the text of a message must not be null")
                            .getBytes(StandardCharsets.UTF_8));
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
}
