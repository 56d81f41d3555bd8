package org.pekkochannels.consumer;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.UndecodablePayloadException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands events to their handlers, and refuses those that have none or cannot be decoded; for all consumers, in their turns. */
final class EventHandlers {
    private static final Logger LOG = LoggerFactory.getLogger(EventHandlers.class);

    private final ConsumerCounts counts;

    EventHandlers(ConsumerCounts counts) {
        this.counts = counts;
    }

    /** Starts the consumer's handler of an event, as one of its callbacks. */
    void start(Consumer consumer, Event event, Callbacks callbacks) {
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
                consumer.scope().printablePath(),
                event.type(),
                why);
    }
}
