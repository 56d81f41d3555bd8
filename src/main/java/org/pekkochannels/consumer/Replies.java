package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Wire.SharedMessage;

/**
 * The output methods of a {@link WebSocketConsumer}, in order.
 *
 * <p>Thread-safe: calls from other threads wait for the consumer's turn, as {@link WebSocketConsumer} describes, and return a stage that is
 * not complete yet.
 */
abstract sealed class Replies extends Consumer permits WebSocketConsumer {
    private static final SafeLog LOG = SafeLog.of(Replies.class);

    Replies(ConsumerContext context) {
        super(context);
    }

    /**
     * Accepts the connection.
     *
     * @return a stage that completes when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> accept() {
        return accept(Acceptance.PLAIN);
    }

    /**
     * Accepts the connection with one of the subprotocols that the client offered.
     *
     * @param subprotocol the chosen subprotocol; the call fails if the client did not offer it
     * @param headers further headers of the 101 response
     * @return a stage that completes when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> accept(Optional<String> subprotocol, List<Header> headers) {
        return accept(new Acceptance(subprotocol, headers));
    }

    /**
     * Refuses the connection with HTTP status 403, before the upgrade.
     *
     * @return a stage that completes when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> refuse() {
        return refuse(Refusal.FORBIDDEN);
    }

    /**
     * Refuses the connection with any HTTP response, before the upgrade.
     *
     * @param refusal the response
     * @return a stage that completes when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> refuse(Refusal refusal) {
        requireNonNull(refusal, "the refusal of refuse(..) must not be null; refuse() answers 403");
        if (context().isOnTurn()) {
            context().outlet().refuse(refusal);
            return done();
        }
        return context().calls().refuse(() -> context().outlet().refuse(refusal));
    }

    /**
     * Sends a text message; dropped and counted if the connection has ended.
     *
     * @param text the text
     * @return a stage that completes when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> send(String text) {
        requireNonNull(text, "the text of send(..) must not be null");
        if (context().isOnTurn()) {
            context().outlet().send(text);
            return done();
        }
        return later(SharedMessage.text(text));
    }

    /**
     * Sends a binary message; dropped and counted if the connection has ended.
     *
     * @param bytes the bytes, not to be changed afterwards
     * @return a stage that completes when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> send(byte[] bytes) {
        requireNonNull(bytes, "the bytes of send(..) must not be null");
        if (context().isOnTurn()) {
            context().outlet().send(bytes);
            return done();
        }
        return later(SharedMessage.binary(bytes));
    }

    /**
     * Sends a value as a text message of JSON.
     *
     * @param value a value that Jackson can encode
     * @return a stage as of {@link #send(String)}, failed if the value cannot be encoded
     */
    protected final CompletionStage<Done> sendJson(Object value) {
        try {
            return send(Json.encode(value));
        } catch (Throwable e) { // a getter or a serializer is the application's code
            FatalErrors.rethrow(e);
            return context().turn().failed(e);
        }
    }

    /**
     * Sends a text message if a transaction commits, as {@link AfterCommit} describes. Call it inside the transaction's callback, on the
     * database thread. The message leaves before the transaction's stage completes.
     *
     * <p>After the connection's end it is dropped and counted. If the message cannot be sent, for example because the connection has not
     * been accepted yet, the failure is logged at level warn and counted in {@code channels.consumer.unhandled}; the connection stays open.
     *
     * @param handle the transaction's handle
     * @param text the text
     * @throws IllegalStateException if the handle has no transaction
     * @throws TooMuchOutputException if the consumer's transactions have sent too much already
     */
    protected final void sendAfterCommit(Handle handle, String text) {
        requireNonNull(text, "the text of sendAfterCommit(..) must not be null");
        afterCommit(handle, Effects.bytes(text), () -> context().outlet().send(text));
    }

    /**
     * Sends a binary message if a transaction commits, like {@link #sendAfterCommit(Handle, String)}.
     *
     * @param handle the transaction's handle
     * @param bytes the bytes, not to be changed afterwards
     * @throws IllegalStateException if the handle has no transaction
     * @throws TooMuchOutputException if the consumer's transactions have sent too much already
     */
    protected final void sendAfterCommit(Handle handle, byte[] bytes) {
        requireNonNull(bytes, "the bytes of sendAfterCommit(..) must not be null");
        afterCommit(handle, bytes.length, () -> context().outlet().send(bytes));
    }

    /**
     * Sends a value as a text message of JSON if a transaction commits, like {@link #sendAfterCommit(Handle, String)}.
     *
     * @param handle the transaction's handle
     * @param value a value that Jackson encodes during the call; a value that cannot be encoded fails the transaction
     * @throws IllegalStateException if the handle has no transaction
     * @throws TooMuchOutputException if the consumer's transactions have sent too much already
     * @throws JsonProcessingException if the value cannot be encoded
     */
    protected final void sendJsonAfterCommit(Handle handle, Object value) throws JsonProcessingException {
        sendAfterCommit(handle, Json.encode(value));
    }

    /**
     * Waits until the client has taken most of the output so far. A consumer that sends much output waits for this stage in between, which
     * keeps the outbound buffer small. Later sends then have nearly all of {@code channels.websocket.max-outbound-bytes} available.
     *
     * @return completes with true when at most 32 KiB are unsent, or with false when the connection has ended; fails at once with
     *     {@link ConsumerOverloadedException} if {@code channels.consumer.max-foreign-calls} such stages are pending
     */
    protected final CompletionStage<Boolean> drained() {
        TurnExecutor turn = context().turn();
        return context().isOnTurn()
                ? context().outlet().drained(turn)
                : context().calls().call(0, false, () -> context().outlet().drained(turn));
    }

    /**
     * Closes the connection with 1000; {@link WebSocketConsumer#disconnect} follows when the running callback has ended.
     *
     * @return a stage that completes when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> close() {
        return close(CloseCode.NORMAL, "");
    }

    /**
     * Closes the connection after the pending output; if it is not accepted yet, refuses it with 403. The first call from another thread is
     * accepted even if {@code channels.consumer.max-foreign-calls} are pending.
     *
     * @param code a close code; applications use 4000 to 4999
     * @param reason a text for the client, at most 123 bytes of UTF-8
     * @return a stage that completes when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> close(int code, String reason) {
        CloseReason closing = closing(code, reason);
        if (context().isOnTurn()) {
            context().outlet().close(closing);
            return done();
        }
        return context().calls().close(() -> context().outlet().close(closing));
    }

    private CompletionStage<Done> accept(Acceptance acceptance) {
        if (context().isOnTurn()) {
            context().outlet().accept(acceptance);
            return done();
        }
        return context().calls().run(() -> context().outlet().accept(acceptance));
    }

    /** The message was encoded on the caller's thread. */
    private CompletionStage<Done> later(SharedMessage message) {
        return context()
                .calls()
                .send(message.bytes().length, () -> context().outlet().send(message));
    }

    private void afterCommit(Handle handle, int bytes, Runnable send) {
        context().uncommitted().send(handle, bytes, left -> committed(send, left));
    }

    private void committed(Runnable send, Runnable left) {
        boolean waits = context().turn().offer(() -> {
            left.run();
            sendAlone(send);
        });
        if (!waits) {
            left.run();
            context().counts().callDropped();
        }
    }

    /** The transaction may belong to other code, so its failed send fails neither the callback in progress nor the connection. */
    private void sendAlone(Runnable send) {
        try {
            send.run();
        } catch (Throwable e) {
            FatalErrors.rethrow(e);
            context().counts().unhandled();
            LOG.warn("{}: a send after a commit failed", context().turn().description(), e);
        }
    }

    /**
     * A complete stage, for a callback that has nothing to wait for.
     *
     * @return the complete stage
     */
    protected final CompletionStage<Done> done() {
        return context().turn().done();
    }
}
