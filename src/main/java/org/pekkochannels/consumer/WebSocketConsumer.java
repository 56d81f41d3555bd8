package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.Presence;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire.SharedMessage;

/**
 * An asynchronous consumer: one instance per connection, one event at a time.
 *
 * <p>Extend it, override callbacks and register handlers for group events in the constructor. The actor waits for the stage that a callback
 * returns before it takes the next event. If a callback throws or its stage fails, the failure is logged and the connection closes with
 * 1011 (1013 if the database is overloaded), unless {@link #failed} handles it. Every stage that these methods return completes on the consumer's turn. In a callback,
 * {@code thenApply} and {@code thenApplyAsync} both continue there, so no lock is needed. A callback must not block; for blocking code
 * extend {@link SyncWebSocketConsumer}.
 *
 * <p>A stage that a callback does not return is not waited for. If it fails unseen, the failure is logged at level error with the callback
 * that created the stage, and counted in {@code channels.consumer.unhandled}; the connection stays open. A failure is seen if the stage is
 * part of the returned one, or has {@code exceptionally}, {@code handle} or {@code whenComplete} at the end of its chain, or was passed on
 * with {@code toCompletableFuture()}. This is checked when the callback is over; for a stage that fails later, at the end of the turn in
 * which it fails. A stage in a field needs a handler by then. Stages created on other threads, and stages from which several others were
 * derived, are not checked.
 *
 * <p>The inherited methods of this class, those of its groups and {@link #database()} may be called from any thread, including another
 * consumer's turn. Inside the consumer's own turn, {@code send} and similar methods take effect at once. From any other thread they never
 * block: the argument is encoded on the caller's thread, and the call waits for the consumer's turn, which may come while a callback's
 * stage is pending. Calls of one thread keep their order; calls of different threads have no order, even if one was made after the other.
 * Messages, events and such calls alternate.
 *
 * <ul>
 * <li>At most {@code channels.consumer.max-foreign-calls} calls are pending, with at most {@code channels.websocket.max-outbound-bytes} of
 * messages and events. A call counts until its stage is complete; a call of {@code drained}, {@link #onTurn}, a group or the database may
 * take long. Further calls fail at once with {@link ConsumerOverloadedException} and are counted; if a callback returns such a stage, its
 * connection closes with 1013. The first {@code close} or {@code refuse} is always accepted.
 * <li>The stages complete on the turn. A call that is made after the consumer's end, or still waits then, completes without effect and is
 * counted. Database results and {@link #onTurn} then fail with {@link java.util.concurrent.RejectedExecutionException}.
 * <li>The {@link #deadline} of a callback does not apply to a database call from another thread, nor to one that follows on the turn,
 * unless a callback is pending then.
 * <li>Fields are not protected. Code of other threads must reach them through {@link #onTurn} and continue with {@code thenAcceptAsync},
 * {@code thenComposeAsync} and the like, without an executor. A continuation that another thread adds with {@code thenAccept} runs on that
 * thread, outside the turn, if the stage is complete by then.
 * </ul>
 */
public abstract non-sealed class WebSocketConsumer extends AsyncConsumer {
    private static final SafeLog LOG = SafeLog.of(WebSocketConsumer.class);
    /**
     * Takes the context that the runtime hands to the factory.
     *
     * @param context the context
     */
    protected WebSocketConsumer(ConsumerContext context) {
        super(context);
    }

    /**
     * What is known about the connection.
     *
     * @return the scope
     */
    protected final Scope scope() {
        return context().scope();
    }

    /**
     * Forwards every event of a type to the client, as a text message that contains the payload's JSON.
     *
     * <p>The most efficient way to broadcast: the payload is not decoded, and the message is encoded and compressed once for all members of
     * the group on a node. It runs on the consumer's turn, in a blocking consumer too. Call it in the constructor.
     *
     * @param type the event's type, as it is sent to the group
     * @throws IllegalStateException after the constructor
     */
    protected final void relay(String type) {
        registerRelay(type);
    }

    /**
     * Forwards the presence of a group to the client, as text messages of JSON. Call it in the constructor.
     *
     * <p>Nothing is decoded, and each message is encoded and compressed once for all members on a node. A message is
     * {@code {"type":"presence","group":"..","state":false,"joins":{"key":{"ref":meta}},"leaves":{"key":["ref"]}}}, to be applied as
     * {@link Presence.Diff} describes.
     *
     * @param room the group
     * @throws IllegalStateException after the constructor
     * @throws UnsupportedOperationException if the layer has no presence
     */
    protected final void relayPresence(Group room) {
        registerPresenceRelay(named(room));
    }

    /**
     * Forwards the presence of all groups that the consumer joins, except those with a handler, like {@link #relayPresence(Group)}.
     *
     * @throws IllegalStateException after the constructor
     * @throws UnsupportedOperationException if the layer has no presence
     */
    protected final void relayPresence() {
        registerPresenceRelay(null);
    }

    /**
     * Forwards events of a type to the client like {@link #relay}, but only the newest of each key to a client that reads slowly.
     *
     * <p>While a message waits because the client does not read, a later event of the same key replaces it and keeps its place in the
     * order. Replaced messages are counted in {@code channels.websocket.replaced}. So at most one message of each key waits, and the client
     * sees the newest value. Messages that the operating system has accepted are not replaced. Call it in the constructor.
     *
     * @param type the event's type, as it is sent to the group
     * @param key returns what an event is about, such as the name of a share. Called on the consumer's turn for each event, so it must be
     *     brief; if it throws or returns null, the connection closes with 1011. Events of different types never replace each other
     * @throws IllegalStateException after the constructor
     */
    protected final void relayLatest(String type, Function<Event, String> key) {
        registerRelayLatest(type, key);
    }

    /**
     * The member of a client's message that names it, for {@code onMessage(..)}. Called for each message, on the thread that decodes it.
     *
     * @return the member's name; {@code type} by default
     */
    @Override
    protected String messageMember() {
        return "type";
    }

    /**
     * Called first; accepts by default. To miss no event, join groups before accepting.
     *
     * <p>If the stage has completed and neither {@link #accept()} nor {@link #refuse} was called, the client is answered 500 at once. A
     * call from another thread counts if it was made before the stage completed: return a stage that completes after it. An acceptance is
     * final even if the stage fails afterwards: the client is connected, and then closed with 1011.
     *
     * @return a stage; if it does not complete within {@code channels.websocket.handshake-timeout} and no decision was made, the client is
     *     answered 503
     * @throws Exception any failure; refuses with HTTP 500
     */
    protected CompletionStage<?> connect() throws Exception {
        return accept();
    }

    /**
     * Called for each text message. By default handles the messages that were registered with {@code onMessage(..)}; without any, closes
     * with 1003. An override may call it for the texts that it does not handle itself.
     *
     * @param text the text
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> receive(String text) throws Exception {
        MessageHandlers handlers = messages();
        return handlers == null
                ? close(CloseCode.UNSUPPORTED_DATA, "text messages are not handled")
                : receive(text, handlers);
    }

    private CompletionStage<?> receive(String text, MessageHandlers handlers) throws Exception {
        MessageHandlers.Call<?> call;
        try {
            call = handlers.decode(this, text);
        } catch (UnfitMessage.Thrown e) {
            return unfit(text, e.message());
        }
        return call.handle();
    }

    final CompletionStage<?> unfit(String text, UnfitMessage message) throws Exception {
        context().turn().renameCallback(textCallback(), message.callback());
        CompletionStage<?> stage = message.isJson() ? invalid(message.refusal()) : malformed(text, message.failure());
        return requireNonNull(stage, () -> message.callback() + " returned null; return send(..), close(..) or done()");
    }

    /**
     * Called for a text that is not JSON, if messages are JSON: in a consumer with {@code onMessage(..)}, or of one type. By default closes
     * with 1007, or keeps the connection if {@code channels.consumer.malformed-json} is {@code ignore}. The text is counted, and logged at
     * debug, before the call.
     *
     * @param text the original text; untrusted
     * @param failure Jackson's description of the problem
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> malformed(String text, JsonProcessingException failure) throws Exception {
        return ignoresUnfit() ? done() : close(CloseCode.INVALID_DATA, "malformed JSON");
    }

    /**
     * Called for JSON that is not a message: its name is unknown, a member is missing or of another kind, or the type's constructor, setter
     * or factory threw an {@link IllegalArgumentException} or a {@link java.time.DateTimeException}. By default closes with 1008, or keeps
     * the connection if {@code channels.consumer.malformed-json} is {@code ignore}. The text is counted, and logged at debug, before the
     * call. Any other exception of the type's code fails the callback and closes with 1011. If a setter throws, Jackson passes on the last
     * cause only.
     *
     * @param refusal the exception of the type's code, with a {@code DateTimeException} as its cause; otherwise a new one, whose cause is
     *     Jackson's exception, and whose message names the member and fits into a close frame
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> invalid(IllegalArgumentException refusal) throws Exception {
        return ignoresUnfit() ? done() : close(CloseCode.POLICY_VIOLATION, "invalid message");
    }

    /**
     * Called for each binary message; by default closes with 1003.
     *
     * @param bytes the bytes
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> receive(byte[] bytes) throws Exception {
        return close(CloseCode.UNSUPPORTED_DATA, "binary messages are not handled");
    }

    /**
     * Called exactly once, last, however the connection ended, after the consumer has left its groups.
     *
     * <p>Its calls of {@link #database()} run before all other waiting work and are not subject to the bounds of waiting work.
     *
     * @param reason why it ended: the peer's code or ours, 1005 if the peer sent none, 1006 if the connection was lost or refused
     * @return a stage that the runtime waits for, at most {@code channels.consumer.disconnect-timeout}
     * @throws Exception any failure; logged
     */
    protected CompletionStage<?> disconnect(CloseReason reason) throws Exception {
        return done();
    }

    /**
     * Called when events of the consumer's groups are missing, at their place among the events: the layer has lost them, or they came while
     * {@code channels.layer.capacity} events waited for this consumer, and the history does not have them any more.
     *
     * <p>By default the connection closes with 1012 if a group keeps history: its client comes back with its position, and loads the state if
     * that is too old. A gap of other groups, whose events are delivered at most once, is counted in {@code channels.consumer.missed}. An
     * override replaces both; it may load the state again, or join with {@code add(since)}. Events of the group that follow are handled
     * after it.
     *
     * @param gap the groups
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> missed(Gap gap) throws Exception {
        return isEndedBy(gap) ? close(MISSED.code(), MISSED.reason()) : done();
    }

    /**
     * Called {@code channels.websocket.lease-notice} before the end of the connection's lease, or at once if it is shorter: ask the client for a
     * new token, and pass it to {@link Lease#renew}. After a renewal it is called again before the new end. By default does nothing, and the
     * connection closes with 4401 {@code channels.websocket.lease-grace} after the end, also while this callback is pending.
     *
     * <p>Only connections whose middleware knows the user have a lease: {@code scope().attribute(Lease.ATTRIBUTE)}.
     *
     * @param lease the lease
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> expiring(Lease lease) throws Exception {
        return done();
    }

    /**
     * Called when another callback has failed: {@code connect}, {@code receive} and the like, a handler of an event, or a timer. By default
     * does nothing.
     *
     * <p>It is a callback: the consumer waits for its stage, and may send meanwhile. Transactions of the failed callback have been rolled
     * back. When the stage has completed, the default applies, unless one of these was called:
     *
     * <ul>
     * <li>{@link #keepOpen}: the connection stays open.
     * <li>{@link #close(int, String)}, {@link #refuse(Refusal)} or {@link #accept()}: that is the answer.
     * </ul>
     *
     * <p>The default is to log the failure at level error and to close with 1011, or at level warn and with 1013 if something is
     * busy or absent for a while: the database, the consumer, the channel layer, a worker. Before the acceptance the client is answered 500 or 503 instead. The default
     * applies also if this callback fails: then both failures are logged. A failure that it handles is logged at level debug, and counted
     * in {@code channels.consumer.failures.handled}.
     *
     * <p>Not called for failures of the constructor, {@code disconnect} and this callback itself, for a fatal error such as
     * {@code OutOfMemoryError}, for a stage that no callback returned, and for work that was cancelled because the connection has ended.
     * After the end of the connection the default only logs.
     *
     * @param failure which callback failed, why, and with which input
     * @return a stage that the consumer waits for
     * @throws Exception any failure; logged together with the first one
     */
    protected CompletionStage<?> failed(Failure failure) throws Exception {
        return done();
    }

    /**
     * Registers the handler of a client's messages of one name. Such a message is a JSON object with the name in its member {@code type},
     * which {@link #messageMember} changes. Call it in the constructor.
     *
     * <p>The rules are those of {@link JsonWebSocketConsumer}: unknown members are ignored, components of a record are required unless they are
     * {@code Optional} or {@code @Nullable}, and values must be of their component's kind. Other texts go to {@link #malformed} and
     * {@link #invalid}. The handler's name in logs is {@code onMessage("name")}.
     *
     * @param name the name that clients send, for example {@code bid}
     * @param message the class to which the whole object is decoded, best a record
     * @param callback the handler, usually a method reference
     * @param <M> the message's class
     * @throws IllegalStateException after the constructor, and in a consumer whose messages are of one type
     * @throws IllegalArgumentException if the name has a handler, or no JSON object can be read as the class
     */
    protected final <M> void onMessage(String name, Class<M> message, EventCallback<? super M> callback) {
        requireNonNull(message, () -> "the class of messages '" + name + "' must not be null");
        onMessage(name, (Type) message, callback);
    }

    /**
     * Registers the handler of a client's messages of one name with a generic class, like {@link #onMessage(String, Class, EventCallback)}.
     *
     * @param name the name that clients send
     * @param message the message's type, such as {@code new TypeReference<Page<Bid>>() {}}
     * @param callback the handler, usually a method reference
     * @param <M> the message's type
     */
    protected final <M> void onMessage(String name, TypeReference<M> message, EventCallback<? super M> callback) {
        requireNonNull(message, () -> "the type of messages '" + name + "' must not be null");
        onMessage(name, message.getType(), callback);
    }

    private <M> void onMessage(String name, Type message, EventCallback<? super M> callback) {
        requireNonNull(name, "the name of a message must not be null");
        requireNonNull(callback, () -> "the handler of messages '" + name + "' must not be null");
        Handling<M> handling = callback::handle;
        registerMessage(name, message, handling);
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
            return send(context().json().encode(value));
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
        sendAfterCommit(handle, context().json().encode(value));
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

    /**
     * In {@link #failed}: marks the failure as handled, so that the connection stays open. A connection that is not accepted also needs
     * {@link #accept()}.
     *
     * @return a stage that completes when the call has taken effect; on the consumer's turn that is at once
     * @throws IllegalStateException if no failure is being handled; from another thread the stage fails with it
     */
    protected final CompletionStage<Done> keepOpen() {
        return handled();
    }

    private CompletionStage<Done> accept(Acceptance acceptance) {
        if (context().isOnTurn()) {
            context().accept(acceptance);
            return done();
        }
        return context().calls().run(() -> context().accept(acceptance));
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
            context()
                    .turn()
                    .log(() -> LOG.warn(
                            "{}: a send after a commit failed", context().turn().description(), e));
        }
    }

    @Override
    final CompletionStage<?> connected() throws Exception {
        return connect();
    }

    @Override
    final CompletionStage<?> received(Inbound.Message message) throws Exception {
        return message instanceof Inbound.Text text
                ? receive(text.text())
                : receive(((Inbound.Binary) message).bytes());
    }

    @Override
    final CompletionStage<?> handleFailure(Failure failure) throws Exception {
        return failed(failure);
    }

    @Override
    final CompletionStage<?> handleGap(Gap gap) throws Exception {
        return missed(gap);
    }

    @Override
    final CompletionStage<?> handleExpiring(Lease lease) throws Exception {
        return expiring(lease);
    }

    @Override
    final CompletionStage<?> disconnected(CloseReason reason) throws Exception {
        return disconnect(reason);
    }
}
