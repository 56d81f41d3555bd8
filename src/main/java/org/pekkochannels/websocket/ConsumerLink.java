package org.pekkochannels.websocket;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Inbound;

/** A session's consumer: delivers events to it, and counts the messages that it sent too late. Thread-safe. */
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

    /** Delivers the last event; the consumer's later messages are dropped. */
    void tellClosed(Inbound.Closed event) {
        disconnected();
        tell(event);
    }

    /** From now on the consumer's messages are dropped. */
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
