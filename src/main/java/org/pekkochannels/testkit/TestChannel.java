package org.pekkochannels.testkit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.SystemJson;
import org.pekkochannels.layer.UndecodablePayloadException;

/**
 * A channel of the test itself, which receives events as a consumer or a worker of the application does:
 * <ul>
 * <li>{@link TestGroup#join} makes it a member of a group,
 * <li>{@link TestApplication#worker} gives it the name of a worker,
 * <li>{@link TestApplication#channel} is for replies to its {@link #name}.
 * </ul>
 *
 * <p>Methods that receive wait until nothing runs in the application, as those of {@link WebSocketCommunicator} do. After the test,
 * {@link ChannelsTest} closes the channel. Events wait without a bound. For one thread at a time.
 */
public final class TestChannel implements AutoCloseable {
    private final Queue<Event> events = new ArrayDeque<>();
    private final Channel channel;
    private final Quiescence quiescence;
    private final SystemJson json;
    private final Supplier<String> time;

    /** Opens the channel with a receiver. */
    TestChannel(
            Function<Consumer<Event>, Channel> opening, Quiescence quiescence, SystemJson json, Supplier<String> time) {
        this.quiescence = quiescence;
        this.json = json;
        this.time = time;
        // An event that arrives at once waits for the field.
        synchronized (events) {
            channel = opening.apply(this::add);
        }
    }

    /** On the sender's thread. */
    private void add(Event event) {
        synchronized (events) {
            if (channel.take(event)) {
                events.add(event);
            }
        }
        quiescence.activity().noteChange();
    }

    Channel channel() {
        return channel;
    }

    /**
     * The name, to which parts of the application can send replies.
     *
     * @return the name of the channel or the worker
     */
    public String name() {
        return channel.name();
    }

    /**
     * Receives the next event.
     *
     * @return the event, with its type and payload
     */
    public Event receive() {
        return await("an event", this::poll)
                .orElseThrow(() -> new AssertionError(this
                        + ": expected an event, but the application has nothing left to do and has sent nothing"
                        + time.get()));
    }

    /**
     * Receives the next event, which must be of a type.
     *
     * @param type the event's type, for example {@code chat.message}
     * @param as the class of its payload, for example a record
     * @param <T> the class
     * @return the payload, decoded by the mapper of the application's actor system
     */
    public <T> T receive(String type, Class<T> as) {
        requireNonNull(type, "the type of an event must not be null");
        requireNonNull(as, "the class of an event's payload must not be null");
        Event event = receive();
        if (!event.type().equals(type)) {
            throw new AssertionError(this + ": expected an event of type " + type + ", received " + words(event));
        }
        try {
            return json.payload(event, as);
        } catch (UndecodablePayloadException e) {
            throw new AssertionError(
                    this + ": expected a payload of " + as.getSimpleName() + ", received " + words(event), e);
        }
    }

    /** Asserts that no event has arrived, and none will unless something else happens. */
    public void receivesNothing() {
        Optional<Event> unexpected = await("nothing", this::peek);
        if (unexpected.isPresent()) {
            throw new AssertionError(this + ": expected nothing, received " + words(unexpected.get()));
        }
    }

    private Optional<Event> poll() {
        synchronized (events) {
            return Optional.ofNullable(events.poll());
        }
    }

    private Optional<Event> peek() {
        synchronized (events) {
            return Optional.ofNullable(events.peek());
        }
    }

    private Optional<Event> await(String what, Supplier<Optional<Event>> result) {
        try {
            return quiescence.await(Quiescence.Callbacks.HOLD, result);
        } catch (Quiescence.StuckException stuck) {
            throw new AssertionError(this + ": expected " + what + ", but the application was still busy after "
                    + quiescence.bound() + time.get() + stuck.getMessage());
        }
    }

    private static String words(Event event) {
        return event.type() + " " + Transcript.shortened(event.json());
    }

    /** Ends all memberships. Further events are dropped. */
    @Override
    public void close() {
        channel.close();
    }

    /** The channel's name. */
    @Override
    public String toString() {
        return channel.toString();
    }
}
