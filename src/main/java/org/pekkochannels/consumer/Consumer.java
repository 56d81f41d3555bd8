package org.pekkochannels.consumer;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Scope;

/**
 * What both kinds of consumer share: a scope, a channel and a table of event handlers.
 *
 * <p>One instance serves one connection, and its callbacks never overlap, so its fields need no locks. Extend
 * {@link WebSocketConsumer} or {@link SyncWebSocketConsumer}.
 */
public abstract sealed class Consumer permits WebSocketConsumer, SyncWebSocketConsumer {
    private final ConsumerContext context;
    private final Map<String, EventHandler<?>> handlers = new HashMap<>(2);

    Consumer(ConsumerContext context) {
        this.context = context;
    }

    /** One entry of the table: how a payload of one type is decoded and who handles it. */
    record EventHandler<E>(Class<E> type, Handling<E> handling) {
        CompletionStage<?> handle(Event event) throws Exception {
            return handling.handle(event.payload(type));
        }
    }

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
     * The name of the consumer's own channel, to which others may send events with {@link ChannelLayer#send}.
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

    /** The class's name without its package; an anonymous class has no other. */
    final String name() {
        String name = getClass().getName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    final ConsumerContext context() {
        return context;
    }

    final GroupName groupName(String name) {
        return new GroupName(name);
    }

    final <E> void register(String type, Class<E> payload, Handling<E> handling) {
        Event.checkType(type);
        if (handlers.putIfAbsent(type, new EventHandler<>(payload, handling)) != null) {
            throw new IllegalArgumentException(name() + " has two handlers for events of type '" + type + "'");
        }
    }

    /** The handler of an event type; nothing that was not registered can be reached by name. */
    final Optional<EventHandler<?>> handler(String type) {
        return Optional.ofNullable(handlers.get(type));
    }

    abstract CompletionStage<?> connected() throws Exception;

    abstract CompletionStage<?> received(Inbound.Message message) throws Exception;

    abstract CompletionStage<?> handle(EventHandler<?> handler, Event event) throws Exception;

    abstract CompletionStage<?> disconnected(CloseReason reason) throws Exception;
}
