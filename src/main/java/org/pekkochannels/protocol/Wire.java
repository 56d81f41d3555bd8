package org.pekkochannels.protocol;

import java.nio.charset.StandardCharsets;

/**
 * A consumer's way back to its client.
 *
 * <p>Used within the consumer's turns only, on whatever thread they run; nothing blocks. What is sent leaves with
 * {@link #endTurn} at the latest. After the connection has ended, everything is dropped and counted, never an error.
 */
public interface Wire {
    /**
     * Accepts the connection; once, and before anything is sent.
     *
     * @param acceptance the subprotocol and headers of the response
     */
    void accept(Acceptance acceptance);

    /**
     * Refuses the connection; instead of {@link #accept}.
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
     * Sends a message that goes to many connections; encoded once for all of them.
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
     * Closes the connection after what was sent.
     *
     * @param reason the close frame's content; {@link CloseCode#NO_STATUS} sends none
     */
    void close(CloseReason reason);

    /**
     * Runs a task, once, when the client has taken what was sent until then but for a little, so that more may be sent
     * without filling buffers. Where the connection ends before, which {@link Inbound.Closed} tells, it may never run.
     *
     * @param task any thread runs it; it must neither block nor throw
     */
    default void onDrained(Runnable task) {
        task.run();
    }

    /**
     * How many bytes may wait for a client that does not read; any thread. Calls of a consumer's methods from other threads
     * may hold as many until the consumer's turn.
     *
     * @return {@code channels.websocket.max-outbound-bytes}, or the endpoint's; without a limit of its own, the most
     */
    default int maxOutboundBytes() {
        return Integer.MAX_VALUE;
    }

    /**
     * Ends a turn: what was sent leaves, in one write.
     *
     * @param consumed whether the last delivery is done with, so that the next may come
     */
    void endTurn(boolean consumed);
}
