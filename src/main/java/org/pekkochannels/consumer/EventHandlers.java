package org.pekkochannels.consumer;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.UndecodablePayloadException;

/**
 * Passes events to their handlers, and rejects events without a handler or with an undecodable payload. Shared by all consumers; used in
 * their turns.
 */
final class EventHandlers {
    private static final SafeLog LOG = SafeLog.of(EventHandlers.class);

    private final ConsumerCounters counts;

    EventHandlers(ConsumerCounters counts) {
        this.counts = counts;
    }

    /** Starts the consumer's handler of an event, as a callback. */
    void start(Consumer consumer, Event event, Callbacks callbacks) {
        Optional<Consumer.NamedHandler<?>> handler = consumer.handler(event.type());
        if (handler.isPresent()) {
            Consumer.NamedHandler<?> found = handler.get();
            callbacks.start(
                    found.name(), consumer.context().atHand(event), () -> decodeAndHandle(consumer, found, event));
        } else {
            refuse(consumer, event, "no handler, register one with on(..) or relay(..) in the constructor");
        }
    }

    private <E> CompletionStage<?> decodeAndHandle(Consumer consumer, Consumer.NamedHandler<E> handler, Event event)
            throws Exception {
        consumer.begin().context().handles(event);
        E payload;
        try {
            payload = handler.decoder().apply(event);
        } catch (UndecodablePayloadException e) {
            refuse(consumer, event, String.valueOf(e.getMessage()));
            return consumer.context().turn().done();
        }
        // Outside the try: a handler that itself fails to decode another event fails like any handler.
        return handler.handling().handle(payload);
    }

    private void refuse(Consumer consumer, Event event, String why) {
        counts.refused();
        consumer.context()
                .scope()
                .inLogContext(() -> LOG.warn(
                        "{} on {} rejected an event of type '{}': {}",
                        consumer.name(),
                        consumer.context().scope().printablePath(),
                        event.type(),
                        why));
    }
}
