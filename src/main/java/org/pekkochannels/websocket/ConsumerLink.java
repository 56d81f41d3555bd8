package org.pekkochannels.websocket;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Inbound;

/** A session's consumer: what it is told, and what it sent in vain. Thread-safe. */
final class ConsumerLink {
    private final WebSocketCounters counters;
    private volatile @Nullable Consumer<Inbound> consumer;
    private volatile boolean disconnected;
    // Guarded by this.
    private long dropped;

    ConsumerLink(WebSocketCounters counters) {
        this.counters = counters;
    }

    WebSocketCounters counters() {
        return counters;
    }

    void start(Consumer<Inbound> told) {
        consumer = told;
    }

    void tell(Inbound event) {
        Consumer<Inbound> told = consumer;
        if (told == null) {
            throw new IllegalStateException("start() must come before any other method of a session");
        }
        told.accept(event);
    }

    /** Tells the last event; from now on nothing that the consumer sends can leave. */
    void tellClosed(Inbound.Closed event) {
        disconnected();
        tell(event);
    }

    /** From now on nothing that the consumer sends can leave. */
    void disconnected() {
        disconnected = true;
    }

    boolean isDisconnected() {
        return disconnected;
    }

    void drop(int messages) {
        if (messages > 0) {
            addDropped(messages);
            counters.dropped(messages);
        }
    }

    synchronized long dropped() {
        return dropped;
    }

    private synchronized void addDropped(int messages) {
        dropped += messages;
    }
}
