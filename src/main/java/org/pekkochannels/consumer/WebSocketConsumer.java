package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletionStage;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;

/**
 * An asynchronous consumer: one instance per connection, one event at a time.
 *
 * <p>Extend it, override the callbacks you need and register handlers for group events in the constructor. What a
 * callback returns is what the actor waits for before it takes the next event; a callback that throws, or whose stage
 * fails, is logged and closes the connection with 1011 (1013 where the database is overloaded). Every stage that a
 * consumer gets from here completes on the consumer's own turn. In a callback, {@code thenApply} and {@code thenApplyAsync}
 * both go on there, so no lock is needed. Nothing may block; for blocking code extend {@link SyncWebSocketConsumer}.
 *
 * <p>A stage that a callback does not return is not waited for. If it fails unseen, it is logged at level error with the callback
 * that made it, and counted in {@code channels.consumer.unhandled}; the connection stays open. A failure is seen when the stage
 * is part of what was returned, or has {@code exceptionally}, {@code handle} or {@code whenComplete} at the end of its chain, or
 * was handed over with {@code toCompletableFuture()}. This is judged when the callback is over; for a stage that fails later, at
 * the end of the turn in which it fails. A stage in a field needs a handler by then. Not judged are stages made on other threads,
 * and stages from which several others were derived.
 *
 * <p>The methods that the consumer inherits from here, those of its groups and {@link #database()} may be called from any
 * thread, another consumer's turn included. Inside the consumer's own turn, {@code send} and the like take effect at once. From
 * any other thread they never block: the argument is encoded on the caller's thread, and the call waits for the consumer's turn,
 * also while a callback's stage is pending. The calls of one thread keep their order; those of different threads have none, even
 * if one call was made after the other. Messages, events and such calls alternate.
 *
 * <ul>
 *   <li>At most {@code channels.consumer.max-foreign-calls} calls are pending, with at most {@code
 *       channels.websocket.max-outbound-bytes} of messages and events. A call counts until its stage is complete; a call of
 *       {@code drained}, {@link #onTurn}, a group or the database may take long. One more fails at once with {@link
 *       ConsumerOverloadedException} and is counted; where a callback returns it, its connection closes with 1013. The first
 *       {@code close} or {@code refuse} is taken in any case.
 *   <li>The stages complete on the turn. A call that comes after the consumer's end, or still waits then, completes without
 *       effect and is counted. Database results and {@link #onTurn} then fail with {@link
 *       java.util.concurrent.RejectedExecutionException}.
 *   <li>A database call from another thread has no deadline of a callback ({@link #deadline}), nor has one that follows on the
 *       turn, unless a callback is pending then.
 *   <li>Fields are not protected: code of other threads that reads or writes them must come by {@link #onTurn} and go on with
 *       {@code thenAcceptAsync}, {@code thenComposeAsync} and the like, without an executor. What another thread adds with {@code
 *       thenAccept} runs on that thread, beside the turn, if the stage is complete by then.
 * </ul>
 */
public abstract non-sealed class WebSocketConsumer extends Replies {
    /**
     * Takes the context that the runtime hands to the factory.
     *
     * @param context the context
     */
    protected WebSocketConsumer(ConsumerContext context) {
        super(context);
    }

    /** Handles one payload of a group event. */
    @FunctionalInterface
    public interface EventCallback<E> {
        /**
         * Handles one payload.
         *
         * @param payload the decoded payload, perhaps shared with other consumers: not to be changed
         * @return a stage that the consumer waits for
         * @throws Exception any failure; closes with 1011
         */
        CompletionStage<?> handle(E payload) throws Exception;
    }

    /**
     * Called first; accepts by default. Join groups before you accept, so that nothing is missed.
     *
     * <p>If the stage has completed and neither {@link #accept()} nor {@link #refuse} was called, the client is answered 500 at
     * once. A call from another thread counts if it came before the stage completed: return a stage that completes after it.
     * An acceptance stands even if the stage fails afterwards: the client is connected, and then closed with 1011.
     *
     * @return a stage; if it does not complete within {@code channels.websocket.handshake-timeout}, and nothing was decided,
     *     the client is answered 503
     * @throws Exception any failure; refuses with HTTP 500
     */
    protected CompletionStage<?> connect() throws Exception {
        return accept();
    }

    /**
     * Called for each text message; by default closes with 1003.
     *
     * @param text the text
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> receive(String text) throws Exception {
        return close(CloseCode.UNSUPPORTED_DATA, "text messages are not handled");
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
     * Called exactly once, last, however the connection ended; group memberships are gone already.
     *
     * <p>What it asks of {@link #database()} then goes before all other waiting work, and no bound of waiting holds for it, as
     * {@link Database#forCleanup} says.
     *
     * @param reason why it ended: the peer's code or ours, 1005 if the peer gave none, 1006 if the connection was lost
     *     or refused
     * @return a stage that the runtime waits for, {@code channels.consumer.disconnect-timeout} at most
     * @throws Exception any failure; logged
     */
    protected CompletionStage<?> disconnect(CloseReason reason) throws Exception {
        return done();
    }

    /**
     * Registers the handler of a group event type; in the constructor.
     *
     * @param type the event's type, as in {@link Group#send}
     * @param payload the class that the payload is decoded to
     * @param callback the handler, usually a method reference
     * @param <E> the payload's class
     * @throws IllegalStateException after the constructor
     */
    protected final <E> void on(String type, Class<E> payload, EventCallback<? super E> callback) {
        requireNonNull(callback, () -> "the handler of events of type '" + type + "' must not be null");
        register(type, payload, callback::handle);
    }

    /**
     * The database: a handle per call, on the database dispatcher; results come back on the consumer's turn. What is of no
     * use without the client is asked for by {@code database().cancelledBy(ended())}.
     *
     * @return the database of this actor system
     */
    protected final Database database() {
        return context().database();
    }

    /**
     * One of the further databases; results come back on the consumer's turn.
     *
     * @param name the name of a section of {@code channels.databases}
     * @return the database of that name
     */
    protected final Database database(String name) {
        return context().within(Database.get(system(), name).on(context().turn()));
    }

    /**
     * A group to join or to speak to.
     *
     * @param name 1 to 99 of {@code [A-Za-z0-9._-]}; for any other text see {@link GroupName#of}
     * @return the group
     */
    protected final Group group(String name) {
        return group(new GroupName(name));
    }

    /**
     * A group to join or to speak to.
     *
     * @param name its name
     * @return the group
     */
    protected final Group group(GroupName name) {
        return new Group(requireNonNull(name, "the name of a group must not be null"), context());
    }

    /**
     * Brings the result of any other stage, an HTTP client's for example, to the consumer's own turn, where what follows may
     * use the consumer's fields. Not needed for a call of {@code send} and the like alone.
     *
     * <p>On another thread, go on with {@code onTurn(stage).thenAcceptAsync(..)}: {@code thenAccept} would run there, and not on
     * the turn, if the stage is complete by then. On the turn both run on the turn.
     *
     * @param stage any stage
     * @param <T> its result
     * @return a stage that completes on the consumer's turn; after the consumer's end it fails with {@link
     *     java.util.concurrent.RejectedExecutionException}
     */
    protected final <T> CompletionStage<T> onTurn(CompletionStage<T> stage) {
        requireNonNull(stage, "the stage of onTurn(..) must not be null");
        return context().isOnTurn()
                ? context().turn().bring(stage)
                : context().calls().bring(stage);
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
    final CompletionStage<?> disconnected(CloseReason reason) throws Exception {
        return disconnect(reason);
    }
}
