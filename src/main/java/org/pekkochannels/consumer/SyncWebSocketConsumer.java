package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.HandleFunction;
import org.pekkochannels.database.Slices;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;

/**
 * A blocking consumer: callbacks return nothing and run wholly on the database dispatcher.
 *
 * <p>{@link #handle()} opens a JDBI handle on first use, and the runtime closes it when the callback ends. What a
 * callback says (accept, send, close, group sends) is released when it has returned, and discarded when it throws;
 * {@link #flush} releases earlier. Until then at most twice {@code channels.websocket.max-outbound-bytes} are kept, with one
 * message more; then {@code send} and the like fail with {@link TooMuchOutputException}, which closes with 1013 if the callback
 * does not handle it. For large results use {@link #stream}. What it says inside a transaction on the handle is discarded if that is rolled back,
 * though the callback goes on. Callbacks of one consumer never overlap, so its fields need no locks; but they occupy
 * a database thread each while they run, so who waits for other things than the database extends
 * {@link WebSocketConsumer}. Used inside its own callbacks only, on their thread: calls from any other thread, also one that runs
 * another consumer's callback, fail with {@link IllegalStateException}. There, send an event to {@link #channelName}.
 *
 * <p>The exception is a callback that {@code channels.consumer.disconnect-timeout} has given up, and that still runs when
 * {@code disconnect} does: it keeps its own handle, and what it says is discarded, but for the group sends of a transaction
 * that {@link #transaction} or {@link #beginTransaction} gave it and that commits.
 */
public abstract non-sealed class SyncWebSocketConsumer extends SyncReplies {
    /**
     * Takes the context that the runtime hands to the factory.
     *
     * @param context the context
     */
    protected SyncWebSocketConsumer(ConsumerContext context) {
        super(context);
    }

    /** Handles one payload of a group event. */
    @FunctionalInterface
    public interface SyncEventCallback<E> {
        /**
         * Handles one payload, on the database dispatcher.
         *
         * @param payload the decoded payload, perhaps shared with other consumers: not to be changed
         * @throws Exception any failure; closes with 1011
         */
        void handle(E payload) throws Exception;
    }

    /**
     * Called first; accepts by default. Join groups before you accept, so that nothing is missed.
     *
     * @throws Exception any failure; refuses with HTTP 500
     */
    protected void connect() throws Exception {
        accept();
    }

    /**
     * Called for each text message; by default closes with 1003.
     *
     * @param text the text
     * @throws Exception any failure; closes with 1011
     */
    protected void receive(String text) throws Exception {
        close(CloseCode.UNSUPPORTED_DATA, "text messages are not handled");
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
     * Called exactly once, last, however the connection ended; group memberships are gone already.
     *
     * <p>It, and what it asks of {@link #database}, goes before all other waiting work, and no bound of waiting holds for it,
     * as {@link Database#forCleanup} says.
     *
     * @param reason why it ended: the peer's code or ours, 1005 if the peer gave none, 1006 if the connection was lost
     *     or refused
     * @throws Exception any failure; logged
     */
    protected void disconnect(CloseReason reason) throws Exception {}

    /**
     * The transaction that each callback runs in; none by default, then each statement is its own.
     *
     * <p>A class that overrides it gets this for every callback, {@code disconnect} too: committed when the callback has
     * returned, and only then is released what it said; rolled back when it throws, and then nothing was written or sent.
     * A callback that uses no handle opens none. For single callbacks there is {@link #beginTransaction}.
     *
     * @return the options, of which several attempts run the whole callback again after a conflict
     */
    protected Optional<TransactionOptions> transaction() {
        return Optional.empty();
    }

    /**
     * Whether a callback, but {@code disconnect}, is cancelled when the connection ends; false by default: a message that
     * was received is handled.
     *
     * <p>If it is true, a callback that still waits for a database thread then never starts, and one that runs has its
     * statement cancelled and begins no other, as {@link Database#cancelledBy} says; what it said is discarded. The same
     * holds for its calls of {@link #database(String)} and for the slices of {@link #stream}. Asked once for each callback,
     * on the consumer's turn.
     *
     * @return whether it is
     */
    protected boolean cancelWhenEnded() {
        return false;
    }

    /**
     * Registers the handler of a group event type; in the constructor.
     *
     * @param type the event's type, as in {@link SyncGroup#send}
     * @param payload the class that the payload is decoded to
     * @param callback the handler, usually a method reference
     * @param <E> the payload's class
     * @throws IllegalStateException after the constructor
     */
    protected final <E> void on(String type, Class<E> payload, SyncEventCallback<? super E> callback) {
        requireNonNull(callback, () -> "the handler of events of type '" + type + "' must not be null");
        register(type, payload, value -> run(() -> callback.handle(value)));
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
     * One of the further databases, whose work runs on its own threads: a callback may {@code join()} the stages, which
     * complete on the default dispatcher. A stage that fails, and that the callback neither joined nor handled, is not logged.
     *
     * @param name the name of a section of {@code channels.databases}
     * @return the database of that name
     */
    protected final Database database(String name) {
        return Database.get(system(), name).eachCall(view -> calls().terms().of(view));
    }

    /**
     * Makes this callback one transaction, as {@link #transaction} does for all; to be called before {@link #handle}.
     *
     * @param options isolation level, read-only, and attempts: of several, the whole callback is run again after a conflict
     * @throws IllegalStateException when the handle was used before, or when the callback has a transaction already
     */
    protected final void beginTransaction(TransactionOptions options) {
        requireNonNull(
                options, "the options of beginTransaction(..) must not be null; use TransactionOptions.defaults()");
        calls().running().beginTransaction(options);
    }

    /**
     * Sends a large result slice by slice, after the callback has returned: each is read as {@link Slices} says, on a
     * database thread with a handle of its own, and then said, as a callback of its own; the next when the client has taken
     * most of it. The consumer's next message waits for the end, which is also where the client has left.
     *
     * @param start the key before all keys
     * @param key a row's key
     * @param slice reads the rows after a key, in the keys' order; an empty list ends it
     * @param said says a slice to the client; what it sends must fit into {@code channels.websocket.max-outbound-bytes}
     * @param <K> the key
     * @param <T> a row
     */
    protected final <K, T> void stream(
            K start, Function<T, K> key, HandleFunction<K, List<T>> slice, SyncEventCallback<? super List<T>> said) {
        requireNonNull(start, "the first key of stream(..) must not be null");
        requireNonNull(key, "the key function of stream(..) must not be null");
        requireNonNull(slice, "the function of stream(..) that reads a slice must not be null");
        requireNonNull(said, "the function of stream(..) that sends a slice must not be null");
        CallbackTerms terms = calls().terms();
        calls().later(new Effects.Stream(turn -> context()
                .database()
                .slices(start, key, slice)
                .forEach(rows -> context().isAtHand(terms)
                        ? run(() -> said.handle(rows))
                                .thenCompose(released -> context().outlet().drained(turn))
                        : CompletableFuture.completedFuture(false))));
    }

    /**
     * A group to join or to speak to.
     *
     * @param name 1 to 99 of {@code [A-Za-z0-9._-]}; for any other text see {@link GroupName#of}
     * @return the group
     */
    protected final SyncGroup group(String name) {
        return group(new GroupName(name));
    }

    /**
     * A group to join or to speak to.
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
    final CompletionStage<?> disconnected(CloseReason reason) {
        return calls().run(context().database(), this::transaction, () -> disconnect(reason));
    }

    private CompletionStage<?> run(SyncCallback.Body body) {
        return calls().run(context().database(), this::transaction, body);
    }
}
