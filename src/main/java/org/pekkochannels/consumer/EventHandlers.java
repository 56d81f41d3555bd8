package org.pekkochannels.consumer;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.UndecodablePayloadException;
import org.pekkochannels.protocol.Scope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands events to their handlers, and refuses those that have none or cannot be decoded. Confined to the turns. */
final class EventHandlers {
    private static final Logger LOG = LoggerFactory.getLogger(EventHandlers.class);

    private final Scope scope;
    private final Callbacks callbacks;
    private final ConsumerCounts counts;

    EventHandlers(Scope scope, Callbacks callbacks, ConsumerCounts counts) {
        this.scope = scope;
        this.callbacks = callbacks;
        this.counts = counts;
    }

    /** Starts the consumer's handler of an event. */
    void start(Consumer consumer, Event event) {
        Optional<Consumer.NamedHandler> handler = consumer.handler(event.type());
        if (handler.isPresent()) {
            Consumer.NamedHandler found = handler.get();
            callbacks.start(found.name(), () -> decodeAndHandle(consumer, found.handler(), event));
        } else {
            refuse(consumer, event, "no handler, register one with on(..) in the constructor");
        }
    }

    private CompletionStage<?> decodeAndHandle(Consumer consumer, Consumer.EventHandler handler, Event event)
            throws Exception {
        consumer.begin();
        try {
            return handler.handle(event);
        } catch (UndecodablePayloadException e) {
            refuse(consumer, event, String.valueOf(e.getMessage()));
            return consumer.context().turn().done();
        }
    }

    private void refuse(Consumer consumer, Event event, String why) {
        counts.refused();
        LOG.warn(
                "{} on {} refused an event of type '{}': {}",
                consumer.name(),
                scope.printablePath(),
                event.type(),
                why);
    }
}
