package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.pekkochannels.settings.Settings.written;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;

/**
 * A channel for tests: its events wait in a queue, and the test takes them from there. Thread-safe.
 *
 * <p>Its methods wait for an event, 10 seconds at most, and then fail with an {@link AssertionError}.
 */
public final class ChannelProbe implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_SHOWN = 5;
    private static final String MARK = "probe.mark";

    private final ChannelLayer layer;
    private final Duration patience;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Channel channel;

    /**
     * Opens a channel.
     *
     * @param layer the layer that it is a channel of
     */
    public ChannelProbe(ChannelLayer layer) {
        this(layer, PATIENCE);
    }

    ChannelProbe(ChannelLayer layer, Duration patience) {
        this.layer = layer;
        this.patience = patience;
        this.channel = layer.newChannel(events::add);
    }

    /**
     * The channel.
     *
     * @return the channel
     */
    public Channel channel() {
        return channel;
    }

    /**
     * The channel's name.
     *
     * @return the name
     */
    public String name() {
        return channel.name();
    }

    /**
     * Waits for the next event, without taking it from the channel, so that it still counts for the channel's capacity.
     *
     * @return the event
     * @throws InterruptedException if the thread is interrupted
     */
    public Event arrived() throws InterruptedException {
        Event event = poll();
        return event != null ? event : fail("no event arrived at " + this + " within " + written(patience));
    }

    /**
     * Waits for several events, like {@link #arrived()}.
     *
     * @param count how many
     * @return the events
     * @throws InterruptedException if the thread is interrupted
     */
    public List<Event> arrived(int count) throws InterruptedException {
        List<Event> arrived = new ArrayList<>();
        while (arrived.size() < count) {
            Event event = poll();
            if (event == null) {
                return fail("expected " + count + " events at " + this + ", only " + arrived.size() + " arrived within "
                        + written(patience));
            }
            arrived.add(event);
        }
        return arrived;
    }

    private @Nullable Event poll() throws InterruptedException {
        return events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Waits for the next event and takes it from the channel, which must not drop it.
     *
     * @return the event
     * @throws InterruptedException if the thread is interrupted
     */
    public Event next() throws InterruptedException {
        Event event = arrived();
        assertTrue(
                channel.take(event), () -> "the channel dropped " + event + " at " + this + ", expected to handle it");
        return event;
    }

    /**
     * Waits for the next event and takes it from the channel, which must not drop it.
     *
     * @param <T> the payload's class
     * @param payload the payload's class
     * @return the payload
     * @throws InterruptedException if the thread is interrupted
     */
    public <T> T next(Class<T> payload) throws InterruptedException {
        return next().payload(payload);
    }

    /**
     * Waits for one event for each text. Their payloads must be these texts, in this order.
     *
     * @param texts the payloads
     * @throws InterruptedException if the thread is interrupted
     */
    public void expect(String... texts) throws InterruptedException {
        for (int i = 0; i < texts.length; i++) {
            Event event = poll();
            String place = "event " + (i + 1) + " of " + texts.length + " at " + this;
            if (event == null) {
                fail("expected '" + texts[i] + "' as " + place + ", nothing arrived within " + written(patience));
            } else {
                assertEquals(
                        texts[i],
                        channel.take(event) ? event.payload(String.class) : "dropped " + event,
                        () -> place + ", followed by " + followers());
            }
        }
    }

    private List<String> followers() {
        return events.stream().limit(MOST_SHOWN).map(Event::json).toList();
    }

    /**
     * Fails if an event has arrived that the test has not waited for. It sends an event to the channel, which must be the next.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    public void expectNothing() throws InterruptedException {
        expectNothing(Stream.of(layer));
    }

    /** Events arrive in order from each node, so a mark from each is the last of all that were sent before. */
    void expectNothing(Stream<ChannelLayer> senders) throws InterruptedException {
        for (ChannelLayer sender : senders.toList()) {
            sender.send(name(), Event.of(MARK, MARK));
            Event event = next();
            assertEquals(
                    MARK,
                    event.type(),
                    () -> "no event expected at " + this + ", but arrived: " + event + " " + event.json());
        }
    }

    /** Waits for events with these texts, and skips those that the channel drops and the marks of a layer between them. */
    void expectHandled(String... texts) throws InterruptedException {
        List<String> handled = new ArrayList<>();
        while (handled.size() < texts.length) {
            Event event = poll();
            if (event == null) {
                fail("expected " + List.of(texts) + " at " + this + ", only " + handled + " arrived within "
                        + written(patience));
            } else if (channel.take(event)) {
                handled.add(event.payload(String.class));
            }
        }
        assertEquals(List.of(texts), handled, () -> "events at " + this + ", followed by " + followers());
    }

    /** How many events and marks wait. */
    int waiting() {
        return events.size();
    }

    /** Fails if an event has arrived that the test has not waited for; for a channel that is closed. */
    void expectSilence() {
        assertEquals(List.of(), List.copyOf(events), () -> "events that arrived at " + this + " unexpectedly");
    }

    /** Closes the channel. */
    @Override
    public void close() {
        channel.close();
    }

    /** The channel's name. */
    @Override
    public String toString() {
        return "channel " + name();
    }
}
