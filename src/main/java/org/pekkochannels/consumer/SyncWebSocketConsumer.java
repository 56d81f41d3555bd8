package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;

/**
 * A blocking consumer: callbacks return nothing and run wholly on the database dispatcher.
 *
 * <p>{@link #handle()} opens a JDBI handle on first use, and the runtime closes it when the callback ends. What a
 * callback says (accept, send, close, group sends) is released when it has returned, and discarded when it throws;
 * {@link #flush} releases earlier. Callbacks of one consumer never overlap, so its fields need no locks; but they occupy
 * a database thread each while they run, so who waits for other things than the database extends
 * {@link WebSocketConsumer}. Used inside its own callbacks only.
 */
public abstract non-sealed class SyncWebSocketConsumer extends Consumer {
    private @Nullable SyncCall call;

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
     * Registers the handler of a group event type; in the constructor.
     *
     * @param type the event's type, as in {@link SyncGroup#send}
     * @param payload the class that the payload is decoded to
     * @param callback the handler, usually a method reference
     * @param <E> the payload's class
     */
    protected final <E> void on(String type, Class<E> payload, SyncEventCallback<? super E> callback) {
        register(type, payload, value -> run(() -> callback.handle(value)));
    }

    /**
     * The message's handle: opened on first use, closed when the callback ends.
     *
     * @return the handle, in autocommit mode unless the callback has a transaction
     */
    protected final Handle handle() {
        return call().handle();
    }

    /**
     * One of the further databases, whose work runs on its own threads: a callback may {@code join()} the stages, which
     * complete on the default dispatcher.
     *
     * @param name the name of a section of {@code channels.databases}
     * @return the database of that name
     */
    protected final Database database(String name) {
        return Database.get(system(), name);
    }

    /**
     * Makes the rest of this callback one transaction, as {@link #transaction} does for all; before the handle is used.
     *
     * @param options isolation level, read-only, and attempts: of several, the whole callback is run again after a conflict
     * @throws IllegalStateException when the callback has a transaction already
     */
    protected final void beginTransaction(TransactionOptions options) {
        call().beginTransaction(options);
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
        say(() -> context().outlet().accept(acceptance));
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
        say(() -> context().outlet().refuse(refusal));
    }

    /**
     * Sends a text message when the callback has returned; dropped and counted if the connection has ended.
     *
     * @param text the text
     */
    protected final void send(String text) {
        say(() -> context().outlet().send(text));
    }

    /**
     * Sends a binary message when the callback has returned; dropped and counted if the connection has ended.
     *
     * @param bytes the bytes, not to be changed afterwards
     */
    protected final void send(byte[] bytes) {
        say(() -> context().outlet().send(bytes));
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
        CloseReason closing = new CloseReason(code, reason);
        say(() -> context().outlet().close(closing));
    }

    /** Releases what was said so far, now; it cannot be taken back if the callback throws later. */
    protected final void flush() {
        Effects soFar = call().takeEffects();
        context().turn().execute(() -> soFar.release(context().turn()));
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
        return new SyncGroup(name, this, context().membership());
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
        return run(context().database().forCleanup(), () -> disconnect(reason));
    }

    /** Keeps an effect of the running callback until it is released. */
    final void later(Effects.Effect effect) {
        call().effects().add(effect);
    }

    private void say(Runnable words) {
        later(() -> {
            words.run();
            return context().turn().done();
        });
    }

    private CompletionStage<?> run(SyncCall.Body body) {
        return run(context().database(), body);
    }

    private CompletionStage<?> run(Database database, SyncCall.Body body) {
        return database.withLazyHandle(handles -> {
                    transaction().ifPresent(handles::beginTransaction);
                    SyncCall running =
                            new SyncCall(handles, context().membership().afterCommit());
                    call = running;
                    try {
                        return running.run(body);
                    } finally {
                        call = null;
                    }
                })
                .thenCompose(effects -> effects.release(context().turn()));
    }

    private SyncCall call() {
        if (call == null) {
            throw new IllegalStateException(name()
                    + " was used outside its callbacks; handle(), send(..) and the like belong to a callback,"
                    + " not to the constructor and not to another thread");
        }
        return call;
    }
}
