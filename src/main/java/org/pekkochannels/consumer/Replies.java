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
import org.pekkochannels.protocol.SharedMessage;

/**
 * What a {@link WebSocketConsumer} sends to its client, in order.
 *
 * <p>Thread-safe: calls from other threads wait for the consumer's turn, as {@link WebSocketConsumer} describes. They return a
 * stage that is not complete yet.
 */
abstract sealed class Replies extends Consumer permits WebSocketConsumer {
    private static final SafeLog LOG = SafeLog.of(Replies.class);

    Replies(ConsumerContext context) {
        super(context);
    }

    /**
     * Accepts the connection.
     *
     * @return a stage, complete when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> accept() {
        return accept(Acceptance.PLAIN);
    }

    /**
     * Accepts the connection with one of the subprotocols that the client offered.
     *
     * @param subprotocol the choice; one that was not offered is an error
     * @param headers more headers for the 101 response
     * @return a stage, complete when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> accept(Optional<String> subprotocol, List<Header> headers) {
        return accept(new Acceptance(subprotocol, headers));
    }

    /**
     * Refuses the connection with HTTP status 403, before any upgrade.
     *
     * @return a stage, complete when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> refuse() {
        return refuse(Refusal.FORBIDDEN);
    }

    /**
     * Refuses the connection with any HTTP response, before any upgrade.
     *
     * @param refusal the response
     * @return a stage, complete when the call has taken effect; on the consumer's turn that is at once
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
     * @return a stage, complete when the call has taken effect; on the consumer's turn that is at once
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
     * @return a stage, complete when the call has taken effect; on the consumer's turn that is at once
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
     * @param value what Jackson encodes
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
     * Sends a text message if a transaction commits, as {@link AfterCommit} says; for use inside its callback, on the
     * database thread. It leaves before the transaction's stage completes.
     *
     * <p>After the connection's end it is dropped and counted. One that cannot be sent, for example because the connection has not
     * been accepted yet, is logged at level warn and counted in {@code channels.consumer.unhandled}; the connection stays open.
     *
     * @param handle the transaction's
     * @param text the text
     * @throws IllegalStateException when the handle has no transaction
     * @throws TooMuchOutputException when the consumer's transactions have sent too much already
     */
    protected final void sendAfterCommit(Handle handle, String text) {
        requireNonNull(text, "the text of sendAfterCommit(..) must not be null");
        afterCommit(handle, Effects.bytes(text), () -> context().outlet().send(text));
    }

    /**
     * Sends a binary message if a transaction commits, as {@link #sendAfterCommit(Handle, String)} does a text.
     *
     * @param handle the transaction's
     * @param bytes the bytes, not to be changed afterwards
     * @throws IllegalStateException when the handle has no transaction
     * @throws TooMuchOutputException when the consumer's transactions have sent too much already
     */
    protected final void sendAfterCommit(Handle handle, byte[] bytes) {
        requireNonNull(bytes, "the bytes of sendAfterCommit(..) must not be null");
        afterCommit(handle, bytes.length, () -> context().outlet().send(bytes));
    }

    /**
     * Sends a value as a text message of JSON if a transaction commits, as {@link #sendAfterCommit(Handle, String)} does a text.
     *
     * @param handle the transaction's
     * @param value what Jackson encodes, here and now; one that cannot be encoded fails the transaction
     * @throws IllegalStateException when the handle has no transaction
     * @throws TooMuchOutputException when the consumer's transactions have sent too much already
     * @throws JsonProcessingException if the value cannot be encoded
     */
    protected final void sendJsonAfterCommit(Handle handle, Object value) throws JsonProcessingException {
        sendAfterCommit(handle, Json.encode(value));
    }

    /**
     * Waits until the client has taken most of what was sent to it so far: who sends more than a little waits for this in
     * between, and what waits for the client stays small. Sends after it have nearly all of {@code
     * channels.websocket.max-outbound-bytes} for themselves.
     *
     * @return completes with true when at most 32 KiB are unsent, with false when the connection has ended instead; fails at once
     *     with {@link ConsumerOverloadedException} where {@code channels.consumer.max-foreign-calls} such stages are pending
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
     * @return a stage, complete when the call has taken effect; on the consumer's turn that is at once
     */
    protected final CompletionStage<Done> close() {
        return close(CloseCode.NORMAL, "");
    }

    /**
     * Closes the connection, after what was sent before; refuses it with 403 where it was not accepted yet. The first call from
     * another thread is taken also when {@code channels.consumer.max-foreign-calls} are pending.
     *
     * @param code a close code, 4000 to 4999 for the application's own
     * @param reason words for the client, at most 123 bytes of UTF-8
     * @return a stage, complete when the call has taken effect; on the consumer's turn that is at once
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

    /** Encoded already, on the caller's thread. */
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

    /** The transaction may be of others, whose send fails neither the callback in progress nor the connection. */
    private void sendAlone(Runnable send) {
        try {
            send.run();
        } catch (Throwable e) {
            FatalErrors.rethrow(e);
            context().counts().unhandled();
            LOG.warn(
                    "{}: what was to be sent after a commit could not be sent",
                    context().turn().description(),
                    e);
        }
    }

    /**
     * Nothing more to wait for.
     *
     * @return the complete stage
     */
    protected final CompletionStage<Done> done() {
        return context().turn().done();
    }
}
