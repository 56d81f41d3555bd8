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
 * The output methods of a {@link SyncWebSocketConsumer}'s callbacks. The output leaves in order when the callback has returned, or not at
 * all. Every method fails with {@link TooMuchOutputException} if too much output is kept until then. Use them inside the callbacks only.
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
     * @param subprotocol the chosen subprotocol; the call fails if the client did not offer it
     * @param headers further headers of the 101 response
     */
    protected final void accept(Optional<String> subprotocol, List<Header> headers) {
        Acceptance acceptance = new Acceptance(subprotocol, headers);
        calls.say(() -> context().outlet().accept(acceptance));
    }

    /** Refuses the connection with HTTP status 403, before the upgrade. */
    protected final void refuse() {
        refuse(Refusal.FORBIDDEN);
    }

    /**
     * Refuses the connection with any HTTP response, before the upgrade.
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
     * Sends a value as a text message of JSON when the callback has returned.
     *
     * @param value a value that Jackson encodes during the call
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
     * Closes the connection after the pending output; if it is not accepted yet, refuses it with 403.
     *
     * @param code a close code; applications use 4000 to 4999
     * @param reason a text for the client, at most 123 bytes of UTF-8
     */
    protected final void close(int code, String reason) {
        CloseReason closing = closing(code, reason);
        calls.say(() -> context().outlet().close(closing));
    }

    /** Releases the output so far. It cannot be discarded if the callback throws later. */
    protected final void flush() {
        calls.flush();
    }

    final SyncRunner calls() {
        return calls;
    }
}
