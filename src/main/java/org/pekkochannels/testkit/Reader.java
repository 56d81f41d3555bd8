package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;

/** A channel that takes each event when it arrives, so that it is never full. Thread-safe. */
final class Reader {
    final ChannelLayer node;
    final Channel channel;
    /** The events that it was given and that the channel has not dropped. */
    final Queue<Event> taken = new ConcurrentLinkedQueue<>();
    /** The events that the channel has dropped when they were taken. */
    final AtomicLong dropped = new AtomicLong();

    private final CompletableFuture<Channel> self = new CompletableFuture<>();

    Reader(ChannelLayer node, Function<Consumer<Event>, Channel> open) {
        this.node = node;
        this.channel = open.apply(this::take);
        self.complete(channel);
    }

    // An event may arrive before the constructor ends, if the name is a chosen one.
    private void take(Event event) {
        if (self.join().take(event)) {
            taken.add(event);
        } else {
            dropped.incrementAndGet();
        }
    }

    <T> List<T> payloads(Class<T> type) {
        return taken.stream().map(event -> event.payload(type)).toList();
    }

    /** Waits until it has taken so many events, and fails if there are more. */
    void expect(int count, LayerNodes nodes) {
        Eventually.equal(count, taken::size, nodes.patience(), () -> "events taken by " + channel);
        assertEquals(0, dropped.get(), () -> "events dropped by " + channel);
    }
}
