package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.Cancellable;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.database.CallbackViews;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.HandleFunction;
import org.pekkochannels.database.Slices;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;

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
public abstract non-sealed class SyncWebSocketConsumer extends Consumer {
    private final SyncRunner calls = new SyncRunner(this);
    /**
     * Takes the context that the runtime hands to the factory.
     *
     * @param context the context
     */
    protected SyncWebSocketConsumer(ConsumerContext context) {
        super(context);
    }

    /** Handles one payload of a group event, or one message of a client. */
    @FunctionalInterface
    public interface SyncEventCallback<E> {
        /**
         * Handles one payload or message, on the database dispatcher.
         *
         * @param payload the decoded payload, possibly shared with other consumers: do not change it; or the decoded message
         * @throws Exception any failure; closes with 1011
         */
        void handle(E payload) throws Exception;
    }

    /** Runs when a timer is due. */
    @FunctionalInterface
    public interface SyncTimerCallback {
        /**
         * Runs once, on the database dispatcher.
         *
         * @throws Exception any failure; closes with 1011
         */
        void run() throws Exception;
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
     * <p>The default is to log the failure at level error and to close with 1011, or at level warn and with 1013 if the database or the
     * consumer is overloaded or the database is unreachable. Before the acceptance the client is answered 500 or 503 instead. The default
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
     * The transaction in which each callback runs; none by default, so that each statement commits by itself.
     *
     * <p>An override applies to every callback, including {@code disconnect}. When the callback has returned, the transaction commits, and
     * then the output is released. If the callback throws, the transaction is rolled back and the output is discarded. A callback that does
     * not use the handle opens none. For single callbacks use {@link #beginTransaction}.
     *
     * @return the options; several attempts run the whole callback again after a conflict
     */
    protected Optional<TransactionOptions> transaction() {
        return Optional.empty();
    }

    /**
     * Whether the end of the connection cancels a callback other than {@code disconnect}; false by default, because received messages are
     * handled.
     *
     * <p>If true, a callback that still waits for a database thread is discarded. A running one has its statement cancelled and executes no
     * further one, as {@link Database#cancelledBy} describes; its output is discarded. The same applies to its calls of
     * {@link #database(String)} and to the slices of {@link #stream}. Called once per callback, on the consumer's turn.
     *
     * @return whether to cancel
     */
    protected boolean cancelWhenEnded() {
        return false;
    }

    /**
     * Registers the handler of a group event type. Call it in the constructor.
     *
     * @param type the event's type, as in {@link SyncGroup#send}
     * @param payload the class to which the payload is decoded
     * @param callback the handler, usually a method reference
     * @param <E> the payload's class
     * @throws IllegalStateException after the constructor
     */
    protected final <E> void on(String type, Class<E> payload, SyncEventCallback<? super E> callback) {
        requireNonNull(callback, () -> "the handler of events of type '" + type + "' must not be null");
        register(type, payload, value -> run(() -> callback.handle(value)));
    }

    /**
     * Registers the handler of a group event type with a generic payload, such as a list. Call it in the constructor.
     *
     * @param type the event's type
     * @param payload the payload's type, such as {@code new TypeReference<List<Message>>() {}}
     * @param callback the handler, usually a method reference
     * @param <E> the payload's type
     * @throws IllegalStateException after the constructor
     */
    protected final <E> void on(String type, TypeReference<E> payload, SyncEventCallback<? super E> callback) {
        requireNonNull(callback, () -> "the handler of events of type '" + type + "' must not be null");
        register(type, payload, value -> run(() -> callback.handle(value)));
    }

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
     * The message's handle: opened on first use, closed when the callback ends.
     *
     * @return the handle, in autocommit mode unless the callback has a transaction
     */
    protected final Handle handle() {
        return calls().running().handle();
    }

    /**
     * One of the further databases, whose work runs on separate threads. A callback may {@code join()} the stages, which complete on the
     * default dispatcher. The failure of a stage that the callback neither joined nor handled is not logged.
     *
     * @param name the name of a section of {@code channels.databases}
     * @return the database of that name
     */
    protected final Database database(String name) {
        return CallbackViews.eachCall(
                Database.get(system(), name), view -> calls().options().of(view));
    }

    /**
     * Makes this callback one transaction, like {@link #transaction} for all callbacks. Call it before {@link #handle}.
     *
     * @param options isolation level, read-only, and attempts; several attempts run the whole callback again after a conflict
     * @throws IllegalStateException if the handle was used before, or the callback has a transaction already
     */
    protected final void beginTransaction(TransactionOptions options) {
        requireNonNull(
                options, "the options of beginTransaction(..) must not be null; use TransactionOptions.defaults()");
        calls().running().beginTransaction(options);
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

    /**
     * Runs a callback once, after a time.
     *
     * <p>It is a callback like {@code receive}, with its own handle and transaction: it waits for the callback in progress, and runs on a
     * database thread. When messages, events and timers wait, they alternate. It begins after {@code connect}, and not after the
     * connection's end: then all timers are cancelled. If it fails, {@link #failed} is called with {@code after(..)} and the time as the
     * callback's name.
     *
     * <p>The timer is started as other output is sent: when the callback that calls this method has returned, and not at all if it throws
     * or its transaction is rolled back. In the constructor it is started at once. {@code cancel()} takes effect at once, in any case and
     * from any thread; its result is true if the callback will not run, and false if it has begun or the timer was cancelled before.
     *
     * @param delay the time, from 1 ms to 24 days; a run is at most about 20 ms late, unless another callback is in progress or no database
     *     thread is free
     * @param callback what to run
     * @return the timer
     * @throws TooManyTimersException if the consumer has {@code channels.consumer.max-timers} timers that have not begun or are repeated
     */
    protected final Cancellable after(Duration delay, SyncTimerCallback callback) {
        return timer(delay, delay, false, callback);
    }

    /**
     * Runs a callback again and again, the first time after the same time.
     *
     * @param delay the time from the end of a run to the beginning of the next, from 1 ms to 24 days
     * @param callback what to run
     * @return the timer
     * @throws TooManyTimersException as {@link #after} throws it
     * @see #every(Duration, Duration, SyncTimerCallback)
     */
    protected final Cancellable every(Duration delay, SyncTimerCallback callback) {
        return timer(delay, delay, true, callback);
    }

    /**
     * Runs a callback again and again. Each run is a callback as that of {@link #after}. Runs never overlap, and a late run does not make
     * up for others: the time counts from the end of a run. A run that has failed is followed by the next one if the connection stays open.
     * A callback may cancel its own timer.
     *
     * @param first the time to the first run, from 1 ms to 24 days; a random one, of {@link #jitter}, spreads the load
     * @param delay the time from the end of a run to the beginning of the next, from 1 ms to 24 days
     * @param callback what to run
     * @return the timer
     * @throws TooManyTimersException as {@link #after} throws it
     */
    protected final Cancellable every(Duration first, Duration delay, SyncTimerCallback callback) {
        return timer(first, delay, true, callback);
    }

    private Cancellable timer(Duration first, Duration delay, boolean repeated, SyncTimerCallback callback) {
        requireNonNull(callback, "the callback of a timer must not be null");
        int firstMillis = ConsumerTimers.millis(first, repeated ? "every(..)" : "after(..)");
        ConsumerTimer timer = context().timers().make(delay, repeated, () -> run(callback::run));
        if (context().isOnTurn()) { // in the constructor
            return context().timers().start(timer, firstMillis);
        }
        calls().start(timer, firstMillis);
        return timer;
    }

    /**
     * A group to join or to send to.
     *
     * @param name 1 to 99 of {@code [A-Za-z0-9._-]}; for any other text see {@link GroupName#of}
     * @return the group
     */
    protected final SyncGroup group(String name) {
        return group(new GroupName(name));
    }

    /**
     * A group to join or to send to.
     *
     * @param name its name
     * @return the group
     */
    protected final SyncGroup group(GroupName name) {
        return new SyncGroup(
                requireNonNull(name, "the name of a group must not be null"),
                this,
                context().membership());
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
        calls.say(() -> context().outlet().close(closing));
    }

    /**
     * In {@link #failed}: marks the failure as handled, so that the connection stays open when the callback has returned. A connection that
     * is not accepted also needs {@link #accept()}.
     *
     * @throws IllegalStateException if no failure is being handled
     */
    protected final void keepOpen() {
        FailureHandling failing = context().requireFailing();
        calls.say(failing::keepOpen);
    }

    /** Releases the output so far. It cannot be discarded if the callback throws later. */
    protected final void flush() {
        calls.flush();
    }

    final SyncRunner calls() {
        return calls;
    }

    @Override
    final boolean isCallbackHere() {
        return super.isCallbackHere() || calls.isRunningHere();
    }

    @Override
    final boolean isCancelledWhenEnded() {
        return cancelWhenEnded();
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

    @Override
    final CompletionStage<?> disconnected(CloseReason reason) {
        return calls().run(context().database(), this::transaction, () -> disconnect(reason));
    }

    private CompletionStage<?> run(SyncCallback.Body body) {
        return calls().run(context().database(), this::transaction, body);
    }
}
