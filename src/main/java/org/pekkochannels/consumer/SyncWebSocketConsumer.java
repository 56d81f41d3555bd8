package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.pekkochannels.database.HandleFunction;
import org.pekkochannels.database.Slices;
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

/**
 * A blocking consumer: callbacks return nothing and run entirely on the database dispatcher.
 *
 * <p>{@link #handle()} opens a JDBI handle on first use, and the runtime closes it when the callback ends. The output of a callback
 * (accept, send, close, group sends) is released when it has returned, and discarded if it throws; {@link #flush} releases earlier. Output
 * inside a transaction on the handle is discarded if that transaction is rolled back, even if the callback continues.
 *
 * <p>Until its release, output of at most twice {@code channels.websocket.max-outbound-bytes} plus one message is kept. Then {@code send}
 * and similar methods fail with {@link TooMuchOutputException}, which closes with 1013 if the callback does not handle it. For large
 * results use {@link #stream}.
 *
 * <p>Callbacks of one consumer never overlap, so its fields need no locks. Each running callback occupies a database thread; a consumer
 * that waits for anything but the database should extend {@link WebSocketConsumer} instead. Use the methods inside the consumer's own
 * callbacks only, on their thread: calls from any other thread, including one that runs another consumer's callback, fail with
 * {@link IllegalStateException}. From such a thread, send an event to {@link #channelName}.
 *
 * <p>An exception is a callback that was abandoned after {@code channels.consumer.disconnect-timeout} and still runs during
 * {@code disconnect}. It keeps its own handle, and its output is discarded, except the group sends of a transaction of {@link #transaction}
 * or {@link #beginTransaction} that commits.
 */
public abstract non-sealed class SyncWebSocketConsumer extends SyncConsumer {
    private static final OptionalCallback HANDLES_GAPS = new OptionalCallback("missed", Gap.class);
    private static final OptionalCallback HANDLES_EXPIRY = new OptionalCallback("expiring", Lease.class);

    /**
     * Takes the context that the runtime hands to the factory.
     *
     * @param context the context
     */
    protected SyncWebSocketConsumer(ConsumerContext context) {
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
    protected final void relayPresence(SyncGroup room) {
        registerPresenceRelay(named(room));
    }

    /**
     * Forwards the presence of all groups that the consumer joins, except those with a handler, like {@link #relayPresence(SyncGroup)}.
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
     * @throws Exception any failure; refuses with HTTP 500
     */
    protected void connect() throws Exception {
        accept();
    }

    /**
     * Called for each text message. By default handles the messages that were registered with {@code onMessage(..)}; without any, closes
     * with 1003. An override may call it for the texts that it does not handle itself.
     *
     * @param text the text
     * @throws Exception any failure; closes with 1011
     */
    protected void receive(String text) throws Exception {
        MessageHandlers handlers = messages();
        if (handlers == null) {
            close(CloseCode.UNSUPPORTED_DATA, "text messages are not handled");
        } else {
            receive(text, handlers);
        }
    }

    private void receive(String text, MessageHandlers handlers) throws Exception {
        MessageHandlers.Call<?> call;
        try {
            call = handlers.decode(this, text);
        } catch (UnfitMessage.Thrown e) {
            unfit(text, e.message());
            return;
        }
        CompletionStage<?> unused = call.handle();
    }

    final void unfit(String text, UnfitMessage message) throws Exception {
        context().turn().renameCallback(textCallback(), message.callback());
        if (message.isJson()) {
            invalid(message.refusal());
        } else {
            malformed(text, message.failure());
        }
    }

    /**
     * Called for a text that is not JSON, if messages are JSON: in a consumer with {@code onMessage(..)}, or of one type. By default closes
     * with 1007, or keeps the connection if {@code channels.consumer.malformed-json} is {@code ignore}. The text is counted, and logged at
     * debug, before the call.
     *
     * @param text the original text; untrusted
     * @param failure Jackson's description of the problem
     * @throws Exception any failure; closes with 1011
     */
    protected void malformed(String text, JsonProcessingException failure) throws Exception {
        if (!ignoresUnfit()) {
            close(CloseCode.INVALID_DATA, "malformed JSON");
        }
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
     * @throws Exception any failure; closes with 1011
     */
    protected void invalid(IllegalArgumentException refusal) throws Exception {
        if (!ignoresUnfit()) {
            close(CloseCode.POLICY_VIOLATION, "invalid message");
        }
    }

    /**
     * Called for each binary message; by default closes with 1003.
     *
     * @param bytes the bytes
     * @throws Exception any failure; closes with 1011
     */
    protected void receive(byte[] bytes) throws Exception {
        close(CloseCode.UNSUPPORTED_DATA, "binary messages are not handled");
    }

    /**
     * Called exactly once, last, however the connection ended, after the consumer has left its groups.
     *
     * <p>It and its calls of {@link #database} run before all other waiting work and are not subject to the bounds of waiting work.
     *
     * @param reason why it ended: the peer's code or ours, 1005 if the peer sent none, 1006 if the connection was lost or refused
     * @throws Exception any failure; logged
     */
    protected void disconnect(CloseReason reason) throws Exception {}

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
     * @throws Exception any failure; closes with 1011
     */
    protected void missed(Gap gap) throws Exception {
        if (isEndedBy(gap)) {
            close(MISSED.code(), MISSED.reason());
        }
    }

    /**
     * Called {@code channels.websocket.lease-notice} before the end of the connection's lease, or at once if it is shorter: ask the client for a
     * new token, and pass it to {@link Lease#renew}. After a renewal it is called again before the new end. By default does nothing, and the
     * connection closes with 4401 {@code channels.websocket.lease-grace} after the end, also while this callback is pending.
     *
     * <p>Only connections whose middleware knows the user have a lease: {@code scope().attribute(Lease.ATTRIBUTE)}.
     *
     * @param lease the lease
     * @throws Exception any failure; closes with 1011
     */
    protected void expiring(Lease lease) throws Exception {}

    /**
     * Called when another callback has failed: {@code connect}, {@code receive} and the like, a handler of an event, a timer, or a slice of
     * {@link #stream}. By default does nothing, and then takes no database thread.
     *
     * <p>It is a callback with its own handle and transaction. The transaction of the failed callback has been rolled back, and its output
     * discarded; what each statement committed by itself, and what {@link #flush} released, stays. When it has returned, the default
     * applies, unless one of these was called:
     *
     * <ul>
     * <li>{@link #keepOpen}: the connection stays open.
     * <li>{@link #close(int, String)}, {@link #refuse(Refusal)} or {@link #accept()}: that is the answer.
     * </ul>
     *
     * <p>The default is to log the failure at level error and to close with 1011, or at level warn and with 1013 if something is
     * busy or absent for a while: the database, the consumer, the channel layer, a worker. Before the acceptance the client is answered 500 or 503 instead. The default
     * applies also if this callback fails, for example because no database thread is free within the bounds of waiting work: then both
     * failures are logged. A failure that it handles is logged at level debug, and counted in
     * {@code channels.consumer.failures.handled}.
     *
     * <p>Not called for failures of the constructor, {@code disconnect} and this callback itself, for a fatal error such as
     * {@code OutOfMemoryError}, and for work that was cancelled because the connection has ended. After the end of the connection the
     * default only logs.
     *
     * @param failure which callback failed, why, and with which input
     * @throws Exception any failure; logged together with the first one
     */
    protected void failed(Failure failure) throws Exception {}

    /**
     * Registers the handler of a client's messages of one name. Such a message is a JSON object with the name in its member {@code type},
     * which {@link #messageMember} changes. Call it in the constructor.
     *
     * <p>The rules are those of {@link SyncJsonWebSocketConsumer}: unknown members are ignored, components of a record are required unless they are
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
    protected final <M> void onMessage(String name, Class<M> message, SyncEventCallback<? super M> callback) {
        requireNonNull(message, () -> "the class of messages '" + name + "' must not be null");
        onMessage(name, (Type) message, callback);
    }

    /**
     * Registers the handler of a client's messages of one name with a generic class, like {@link #onMessage(String, Class, SyncEventCallback)}.
     *
     * @param name the name that clients send
     * @param message the message's type, such as {@code new TypeReference<Page<Bid>>() {}}
     * @param callback the handler, usually a method reference
     * @param <M> the message's type
     */
    protected final <M> void onMessage(String name, TypeReference<M> message, SyncEventCallback<? super M> callback) {
        requireNonNull(message, () -> "the type of messages '" + name + "' must not be null");
        onMessage(name, message.getType(), callback);
    }

    private <M> void onMessage(String name, Type message, SyncEventCallback<? super M> callback) {
        requireNonNull(name, "the name of a message must not be null");
        requireNonNull(callback, () -> "the handler of messages '" + name + "' must not be null");
        Handling<M> handling = value -> { // already in the callback that has decoded it
            callback.handle(value);
            return context().turn().done();
        };
        registerMessage(name, message, handling);
    }

    /**
     * Sends a large result slice by slice, after the callback has returned. Each slice is read as {@link Slices} describes, on a database
     * thread with a separate handle, and then sent by a separate callback. The next slice is read when the client has taken most of the
     * last one. The stream ends early if the client leaves. The consumer handles its next message after the stream.
     *
     * @param start the key before all keys
     * @param key returns a row's key
     * @param slice reads the rows after a key, in the keys' order; an empty list ends the stream
     * @param sender sends a slice to the client; its output must fit into {@code channels.websocket.max-outbound-bytes}
     * @param <K> the type of the key
     * @param <T> the type of a row
     */
    protected final <K, T> void stream(
            K start, Function<T, K> key, HandleFunction<K, List<T>> slice, SyncEventCallback<? super List<T>> sender) {
        requireNonNull(start, "the first key of stream(..) must not be null");
        requireNonNull(key, "the key function of stream(..) must not be null");
        requireNonNull(slice, "the function of stream(..) that reads a slice must not be null");
        requireNonNull(sender, "the function of stream(..) that sends a slice must not be null");
        CallbackOptions options = calls().options();
        calls().later(new Effects.Stream(turn -> context()
                .database()
                .slices(start, key, slice)
                .forEach(rows -> context().isAtHand(options)
                        ? run(() -> sender.handle(rows))
                                .thenCompose(released -> context().outlet().drained(turn))
                        : CompletableFuture.completedFuture(false))));
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
        calls().say(() -> context().accept(acceptance));
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
        calls().say(() -> context().outlet().refuse(refusal));
    }

    /**
     * Sends a text message when the callback has returned; dropped and counted if the connection has ended.
     *
     * @param text the text
     */
    protected final void send(String text) {
        requireNonNull(text, "the text of send(..) must not be null");
        calls().say(Effects.bytes(text), () -> context().outlet().send(text));
    }

    /**
     * Sends a binary message when the callback has returned; dropped and counted if the connection has ended.
     *
     * @param bytes the bytes, not to be changed afterwards
     */
    protected final void send(byte[] bytes) {
        requireNonNull(bytes, "the bytes of send(..) must not be null");
        calls().say(bytes.length, () -> context().outlet().send(bytes));
    }

    /**
     * Sends a value as a text message of JSON when the callback has returned.
     *
     * @param value a value that Jackson encodes during the call
     * @throws JsonProcessingException if the value cannot be encoded
     */
    protected final void sendJson(Object value) throws JsonProcessingException {
        send(context().json().encode(value));
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
        calls().say(() -> context().outlet().close(closing));
    }

    /**
     * In {@link #failed}: marks the failure as handled, so that the connection stays open when the callback has returned. A connection that
     * is not accepted also needs {@link #accept()}.
     *
     * @throws IllegalStateException if no failure is being handled
     */
    protected final void keepOpen() {
        handled();
    }

    @Override
    final CompletionStage<?> connected() {
        return run(this::connect);
    }

    @Override
    final CompletionStage<?> received(Inbound.Message message) {
        return message instanceof Inbound.Text text
                ? run(() -> receive(text.text()))
                : run(() -> receive(((Inbound.Binary) message).bytes()));
    }

    @Override
    final CompletionStage<?> handleFailure(Failure failure) {
        return run(() -> failed(failure));
    }

    /** Without an override it needs no database thread: after an outage the gap reaches all consumers at once. */
    @Override
    final CompletionStage<?> handleGap(Gap gap) {
        if (HANDLES_GAPS.isOverriddenBy(getClass())) {
            return run(() -> missed(gap));
        }
        if (isEndedBy(gap)) {
            context().outlet().close(MISSED);
        }
        return context().turn().done();
    }

    @Override
    final CompletionStage<?> handleExpiring(Lease lease) {
        return HANDLES_EXPIRY.isOverriddenBy(getClass())
                ? run(() -> expiring(lease))
                : context().turn().done();
    }

    @Override
    final CompletionStage<?> disconnected(CloseReason reason) {
        return run(() -> disconnect(reason));
    }
}
