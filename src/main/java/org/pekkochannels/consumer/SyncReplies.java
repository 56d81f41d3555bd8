package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.Optional;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;

/**
 * What the callbacks of a {@link SyncWebSocketConsumer} say to the client: it leaves when the callback has returned, in its
 * order, or not at all. Every method fails with {@link TooMuchOutputException} when too much is kept until then. Used inside the
 * callbacks only.
 */
abstract sealed class SyncReplies extends Consumer permits SyncWebSocketConsumer {
    private final SyncRunner calls = new SyncRunner(this);

    SyncReplies(ConsumerContext context) {
        super(context);
    }

    /** Accepts the connection. */
    protected final void accept() {
        accept(Optional.empty(), List.of());
    }

    /**
     * Accepts the connection with one of the subprotocols that the client offered.
     *
     * @param subprotocol the choice; one that was not offered is an error
     * @param headers more headers for the 101 response
     */
    protected final void accept(Optional<String> subprotocol, List<Header> headers) {
        Acceptance acceptance = new Acceptance(subprotocol, headers);
        calls.say(() -> context().outlet().accept(acceptance));
    }

    /** Refuses the connection with HTTP status 403, before any upgrade. */
    protected final void refuse() {
        refuse(Refusal.FORBIDDEN);
    }

    /**
     * Refuses the connection with any HTTP response, before any upgrade.
     *
     * @param refusal the response
     */
    protected final void refuse(Refusal refusal) {
        requireNonNull(refusal, "the refusal of refuse(..) must not be null; refuse() answers 403");
        calls.say(() -> context().outlet().refuse(refusal));
    }

    /**
     * Sends a text message when the callback has returned; dropped and counted if the connection has ended.
     *
     * @param text the text
     */
    protected final void send(String text) {
        requireNonNull(text, "the text of send(..) must not be null");
        calls.say(Effects.bytes(text), () -> context().outlet().send(text));
    }

    /**
     * Sends a binary message when the callback has returned; dropped and counted if the connection has ended.
     *
     * @param bytes the bytes, not to be changed afterwards
     */
    protected final void send(byte[] bytes) {
        requireNonNull(bytes, "the bytes of send(..) must not be null");
        calls.say(bytes.length, () -> context().outlet().send(bytes));
    }

    /**
     * Sends a value as a text message of JSON, when the callback has returned.
     *
     * @param value what Jackson encodes, here and now
     * @throws JsonProcessingException if the value cannot be encoded
     */
    protected final void sendJson(Object value) throws JsonProcessingException {
        send(Json.encode(value));
    }

    /** Closes the connection with 1000 when the callback has returned. */
    protected final void close() {
        close(CloseCode.NORMAL, "");
    }

    /**
     * Closes the connection, after what was sent before; refuses it with 403 where it was not accepted yet.
     *
     * @param code a close code, 4000 to 4999 for the application's own
     * @param reason words for the client, at most 123 bytes of UTF-8
     */
    protected final void close(int code, String reason) {
        CloseReason closing = closing(code, reason);
        calls.say(() -> context().outlet().close(closing));
    }

    /** Releases what was said so far, now; it cannot be taken back if the callback throws later. */
    protected final void flush() {
        calls.flush();
    }

    final SyncRunner calls() {
        return calls;
    }
}
