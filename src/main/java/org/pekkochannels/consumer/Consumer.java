package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.SharedMessage;

/**
 * What both kinds of consumer share: a scope, a channel and a table of event handlers.
 *
 * <p>One instance serves one connection, and its callbacks never overlap, so its fields need no locks. Extend
 * {@link WebSocketConsumer} or {@link SyncWebSocketConsumer}.
 */
public abstract sealed class Consumer permits Replies, SyncReplies {
    private final ConsumerContext context;
    private Map<String, NamedHandler<?>> handlers = Map.of();

    Consumer(ConsumerContext context) {
        this.context = context;
        context.madeFor(getClass());
    }

    /** One entry of the table; its name, for messages, is made once and not for each event. */
    record NamedHandler<E>(String name, Function<Event, E> decoder, Handling<E> handling) {}

    /** Handles one decoded payload. */
    @FunctionalInterface
    interface Handling<E> {
        CompletionStage<?> handle(E payload) throws Exception;
    }

    /**
     * What is known about the connection.
     *
     * @return the scope
     */
    protected final Scope scope() {
        return context.scope();
    }

    /**
     * The actor system that the consumer runs in, for everything else that an application keeps there.
     *
     * @return the system
     */
    protected final ActorSystem<?> system() {
        return context.system();
    }

    /**
     * The name of the consumer's own channel, to which others may send events with {@link ChannelLayer#send}. From any thread.
     * After the connection's end the name stays the same, and events sent to it are dropped and counted.
     *
     * @return the name, unique among all nodes
     */
    protected final String channelName() {
        return context.membership().channelName();
    }

    /**
     * The channel layer itself; its stages complete on any thread.
     *
     * @return the layer
     */
    protected final ChannelLayer channelLayer() {
        return context.membership().layer();
    }

    /**
     * How long the database calls of one callback may take, all together and counted from its beginning; by default as
     * {@code channels.consumer.deadline} says.
     *
     * <p>They share a {@link org.pekkochannels.database.Deadline}: what has not started by then never starts, which closes
     * with 1013 if it is not handled, and what runs is cut off. {@code disconnect} has no such deadline, nor have calls from
     * other threads, and calls on the turn between callbacks. A call on the turn while a callback is pending counts as that
     * callback's, also where a task made it that belongs to another.
     *
     * @return the time, longer than zero and at most 24 hours, or nothing for none; any other fails the callback
     */
    protected Optional<Duration> deadline() {
        return context.settings().deadline();
    }

    /**
     * The end of the connection, for what is of use only until then, such as
     * {@code database().cancelledBy(ended()).withHandle(..)}.
     *
     * <p>It comes as soon as the server has heard that the client has left, though a callback still runs, or when the
     * consumer has closed and its callback is over; before {@code disconnect}.
     *
     * <p>All callers share the stage, and only the end of the connection completes it: {@code complete(..)} and {@code cancel(..)} of
     * its future do nothing, and {@code orTimeout(..)} returns another future.
     *
     * @return a stage that completes on the consumer's turn, with why the connection ended
     */
    protected final CompletionStage<CloseReason> ended() {
        return context.ended();
    }

    /** What this side closes with; throws for a code that no close frame carries, on the caller's thread. */
    static CloseReason closing(int code, String reason) {
        if (code == CloseCode.ABNORMAL) {
            throw new IllegalArgumentException("close code 1006 means a lost connection and is never sent; use 1011");
        }
        return new CloseReason(code, reason);
    }

    /** A callback begins. */
    final Consumer begin() {
        context.begin(deadline(), isCancelledWhenEnded());
        return this;
    }

    /** Whether the end of the connection cancels all database calls of the callback that begins. */
    boolean isCancelledWhenEnded() {
        return false;
    }

    /** The class's name without its package; an anonymous class has no other. */
    final String name() {
        return context.consumerName();
    }

    /** What the callback for text messages is called in logs. */
    String textCallback() {
        return "receive(String)";
    }

    final ConsumerContext context() {
        return context;
    }

    /**
     * Passes every event of a type on to the client: its payload, as the JSON that it is, as a text message.
     *
     * <p>The cheapest way to broadcast: nothing is decoded, and the message is encoded, and compressed, once for all
     * members of the group on a node. It runs on the consumer's turn, in a blocking consumer too. To be called in the
     * constructor.
     *
     * @param type the event's type, as it is sent to the group
     * @throws IllegalStateException after the constructor
     */
    protected final void relay(String type) {
        register(type, event -> event, event -> {
            context.outlet().send(event.derived(SharedMessage.class, SharedMessage::utf8));
            return context.turn().done();
        });
    }

    final <E> void register(String type, Class<E> payload, Handling<E> handling) {
        requireNonNull(payload, () -> "the class of events of type '" + type + "' must not be null");
        register(type, event -> event.payload(payload), handling);
    }

    private <E> void register(String type, Function<Event, E> decoder, Handling<E> handling) {
        Event.checkType(type);
        if (!context.isConstructing()) {
            throw new IllegalStateException(name() + " registers a handler for events of type '" + type
                    + "' after its constructor; call on(..) and relay(..) in the constructor");
        }
        if (handlers.isEmpty()) {
            handlers = new HashMap<>(2);
        }
        if (handlers.putIfAbsent(type, new NamedHandler<>("handler of '" + type + "'", decoder, handling)) != null) {
            throw new IllegalArgumentException(name() + " has two handlers for events of type '" + type + "'");
        }
    }

    /** The handler of an event type; nothing that was not registered can be reached by name. */
    final Optional<NamedHandler<?>> handler(String type) {
        return Optional.ofNullable(handlers.get(type));
    }

    abstract CompletionStage<?> connected() throws Exception;

    abstract CompletionStage<?> received(Inbound.Message message) throws Exception;

    abstract CompletionStage<?> disconnected(CloseReason reason) throws Exception;
}
