package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A channel whose events wait in a queue, for tests to question. */
public final class Inbox implements AutoCloseable {
    private static final String MARK = "inbox.mark";

    private final ChannelLayer layer;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Channel channel;

    /**
     * Opens a channel.
     *
     * @param layer where
     */
    public Inbox(ChannelLayer layer) {
        this.layer = layer;
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
     * Waits for the next event, without starting it.
     *
     * @return the event
     * @throws InterruptedException when the test is stopped
     */
    public Event arrived() throws InterruptedException {
        return Objects.requireNonNull(events.poll(10, TimeUnit.SECONDS), "no event came");
    }

    /**
     * Waits for the next event and starts it.
     *
     * @return whether it is to be handled
     * @throws InterruptedException when the test is stopped
     */
    public boolean takes() throws InterruptedException {
        return channel.take(arrived());
    }

    /**
     * Waits for the next event, which must be one to handle.
     *
     * @return its payload, a text
     * @throws InterruptedException when the test is stopped
     */
    public String next() throws InterruptedException {
        Event event = arrived();
        assertThat(channel.take(event)).as("take of %s", event).isTrue();
        return event.payload(String.class);
    }

    /**
     * Fails if an event has come that nobody asked for: the next to come is one that this method sends itself.
     *
     * @throws InterruptedException when the test is stopped
     */
    public void assertEmpty() throws InterruptedException {
        layer.send(name(), Event.of(MARK, MARK)).toCompletableFuture().join();
        assertThat(next()).isEqualTo(MARK);
    }

    /** Closes the channel. */
    @Override
    public void close() {
        channel.close();
    }
}
