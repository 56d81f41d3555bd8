package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;

/**
 * What travels on a channel layer: a type, by which receivers choose their handler, and a payload in JSON.
 *
 * <p>Immutable and thread-safe. The payload is written once, when the event is made and however many it reaches, and is
 * always read from those bytes, so that an event in memory is the same as one from another node. Two events are equal
 * when type and bytes are.
 */
public final class Event {
    private final String type;
    private final Payload payload;
    private final long arrival;

    private Event(String type, Payload payload, long arrival) {
        this.type = type;
        this.payload = payload;
        this.arrival = arrival;
    }

    /**
     * An event of something to say.
     *
     * @param type 1-99 of {@code [A-Za-z0-9._-]}, not beginning with {@code _} or {@code .}
     * @param payload what Jackson can write: records, texts, numbers, lists, maps; it is written now
     * @return the event; fails with {@link UnencodablePayloadException} when Jackson cannot write the payload
     */
    public static Event of(String type, Object payload) {
        Names.checkType(type);
        return new Event(type, Payload.encode(type, payload), 0);
    }

    /**
     * An event whose type says it all; its payload is an empty JSON object.
     *
     * @param type 1-99 of {@code [A-Za-z0-9._-]}, not beginning with {@code _} or {@code .}
     * @return the event
     */
    public static Event of(String type) {
        return of(type, Map.of());
    }

    /**
     * An event as it came from another node; for channel layers.
     *
     * @param type the event's type
     * @param json the payload, in JSON and UTF-8, not to be changed afterwards; it is read when it is asked for
     * @return the event
     */
    public static Event ofJson(String type, byte[] json) {
        Names.checkType(type);
        requireNonNull(json, () -> "the JSON of the event '" + type + "' must not be null");
        return new Event(type, new Payload(json), 0);
    }

    /**
     * Checks a type without an event of it, where a handler is registered for example.
     *
     * @param type the type; fails with {@link IllegalArgumentException} unless it is 1-99 of {@code [A-Za-z0-9._-]}, not
     *     beginning with {@code _} or {@code .}
     */
    public static void checkType(String type) {
        Names.checkType(type);
    }

    /**
     * By what a receiver chooses its handler.
     *
     * @return the type
     */
    public String type() {
        return type;
    }

    /**
     * The payload as a value of a class.
     *
     * <p>Properties that the class does not have are ignored; a missing one is a failure, as is a number or a boolean where the
     * class has a text. A null is taken for anything but a primitive, and
     * NaN and the infinities are read as the sender has written them. Receivers on the same node
     * get the same value where that makes no difference, that is for records of numbers, texts, enums and such records;
     * of any other class each gets its own.
     *
     * @param as the class, best a record
     * @param <T> the class
     * @return the value; fails with {@link UndecodablePayloadException} where the payload is not of that class
     */
    public <T> T payload(Class<T> as) {
        requireNonNull(as, "the class of an event's payload must not be null");
        return payload.decode(this, as);
    }

    /**
     * The payload as it travels, in JSON.
     *
     * @return the text
     */
    public String json() {
        return new String(payload.json(), StandardCharsets.UTF_8);
    }

    /**
     * The payload as it travels, in JSON and UTF-8; for channel layers.
     *
     * @return a copy of the bytes
     */
    public byte[] jsonBytes() {
        return payload.json().clone();
    }

    /**
     * How large the payload is, as it travels.
     *
     * @return the number of bytes
     */
    public int size() {
        return payload.json().length;
    }

    /**
     * Something made of the payload once for all members of a group on this node, such as a message to send.
     *
     * @param type its class
     * @param make makes it of the payload's JSON, which must not be changed; at worst called twice
     * @param <T> its class, immutable
     * @return what was made
     */
    public <T> T derived(Class<T> type, Function<byte[], ? extends T> make) {
        requireNonNull(type, "the class of what is derived from an event must not be null");
        requireNonNull(make, "the function that derives from an event must not be null");
        return payload.derived(type, make);
    }

    /** The same event, stamped with the instant of its arrival on this node; the sender's own stays as it was. */
    Event arrivedAt(long nanos) {
        return new Event(type, payload, nanos);
    }

    /** When it arrived on this node, by its monotonic clock. */
    long arrival() {
        return arrival;
    }

    /** Whether the other is an event of the same type with the same bytes. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Event event && type.equals(event.type) && payload.equals(event.payload);
    }

    /** Of type and bytes. */
    @Override
    public int hashCode() {
        return 31 * type.hashCode() + payload.hashCode();
    }

    /** Type and size, never the content. */
    @Override
    public String toString() {
        return "Event[" + type + ", " + size() + " bytes]";
    }
}
