package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Counted;

/**
 * An event on a channel layer: a type, by which receivers select the handler, and a payload in JSON.
 *
 * <p>Immutable and thread-safe. The payload is encoded once, when the event is created, for any number of receivers. It is always decoded
 * from those bytes, so that an event in memory behaves like one from another node. Two events are equal if their types and bytes are equal.
 *
 * <p>The mapper of {@code Channels.json(..)} belongs to an actor system. {@link #of(ClassicActorSystemProvider, String, Object)},
 * {@link ChannelLayer#event}, groups, and the methods of {@link ChannelLayer} that take a payload encode with it. {@link #of(String, Object)} knows no system, and encodes with the
 * default mapper. A received event is decoded with the mapper of the receiver's system.
 */
public final class Event {
    private static final Payload NOTHING = new Payload("{}".getBytes(StandardCharsets.UTF_8));

    private final String type;
    private final Payload payload;
    private final SystemJson mappers;
    private final Kind kind;
    private final @Nullable GroupName group;
    private final @Nullable Position position;
    private final long arrival;

    private Event(String type, Payload payload, SystemJson mappers) {
        this(type, payload, mappers, Kind.LIVE, null, null, 0);
    }

    private Event(
            String type,
            Payload payload,
            SystemJson mappers,
            Kind kind,
            @Nullable GroupName group,
            @Nullable Position position,
            long arrival) {
        this.type = type;
        this.payload = payload;
        this.mappers = mappers;
        this.kind = kind;
        this.group = group;
        this.position = position;
        this.arrival = arrival;
    }

    /** What a channel's receiver is given. */
    enum Kind {
        /** An event, which has a slot in the channel. */
        LIVE,
        /** An event from the history, which has none. */
        REPLAYED,
        /** A mark at the place where events are missing; it has no slot. */
        GAP,
        /** A mark before the events of a new membership; it has no slot. */
        REJOINED
    }

    /**
     * An event with a payload, encoded with the default mapper even if the actor system has another.
     *
     * @param type 1-99 of {@code [A-Za-z0-9._-]}, not beginning with {@code _} or {@code .}
     * @param payload any value that Jackson can write: records, texts, numbers, lists, maps; it is encoded now
     * @return the event; fails with {@link UnencodablePayloadException} if Jackson cannot write the payload
     */
    public static Event of(String type, Object payload) {
        return of(SystemJson.standard(), type, payload);
    }

    /**
     * An event with a payload, encoded with the mapper of an actor system.
     *
     * @param system the actor system that sends the event
     * @param type 1-99 of {@code [A-Za-z0-9._-]}, not beginning with {@code _} or {@code .}
     * @param payload any value that the system's mapper can write; it is encoded now
     * @return the event; fails with {@link UnencodablePayloadException} if the mapper cannot write the payload
     */
    public static Event of(ClassicActorSystemProvider system, String type, Object payload) {
        return of(
                SystemJson.of(requireNonNull(system, "the actor system of an event must not be null")), type, payload);
    }

    static Event of(SystemJson json, String type, Object payload) {
        Names.checkType(type);
        return new Event(type, new Payload(json.payloads().encode(type, payload)), json);
    }

    /**
     * An event that needs only its type; the payload is an empty JSON object.
     *
     * @param type 1-99 of {@code [A-Za-z0-9._-]}, not beginning with {@code _} or {@code .}
     * @return the event
     */
    public static Event of(String type) {
        return of(type, Map.of());
    }

    /**
     * An event that was received from another node; for channel layers.
     *
     * @param type the event's type
     * @param json the payload, in JSON and UTF-8, not to be changed afterwards; it is decoded on use
     * @return the event
     */
    public static Event ofJson(String type, byte[] json) {
        Names.checkType(type);
        requireNonNull(json, () -> "the JSON of the event '" + type + "' must not be null");
        return new Event(type, new Payload(json), SystemJson.standard());
    }

    /** A mark among the events of a group, with a type that no event can have. */
    static Event mark(Kind kind, GroupName group, Position position) {
        return new Event(
                kind == Kind.GAP ? ".missed" : ".joined", NOTHING, SystemJson.standard(), kind, group, position, 0);
    }

    /**
     * Checks a type without creating an event, for example when a handler is registered.
     *
     * @param type the type; fails with {@link IllegalArgumentException} unless it is 1-99 of {@code [A-Za-z0-9._-]}, not beginning with
     *     {@code _} or {@code .}
     */
    public static void checkType(String type) {
        Names.checkType(type);
    }

    /**
     * The type, by which receivers select the handler.
     *
     * @return the type
     */
    public String type() {
        return type;
    }

    /**
     * The group that the event was sent to. May be called by receivers.
     *
     * @return the group, or empty if the event was sent to the channel, or has not been received
     */
    public Optional<GroupName> group() {
        return Optional.ofNullable(group);
    }

    /**
     * The event's position in the history of its group: a client that presents it receives the events after this one.
     *
     * @return the position, or empty if the group keeps no history, or the event has not been received
     */
    public Optional<Position> position() {
        return kind == Kind.LIVE || kind == Kind.REPLAYED ? Optional.ofNullable(position) : Optional.empty();
    }

    /**
     * What is missing here, if this is a mark instead of an event: the layer has lost events, or the channel was full, and the history does
     * not have them.
     *
     * @return what is missing, or empty for an event
     */
    public Optional<Gap> gap() {
        return kind == Kind.GAP && group != null ? Optional.of(Gap.of(group)) : Optional.empty();
    }

    /**
     * Whether this is not an event but a mark among a channel's events, for {@link Channel#take} to see: of a {@link #gap}, or of the place from
     * which the events of a group belong to a new membership.
     *
     * @return whether it is one
     */
    public boolean isMark() {
        return kind == Kind.GAP || kind == Kind.REJOINED;
    }

    /**
     * The payload, decoded as a class.
     *
     * <p>Properties that the class does not have are ignored. A missing property is a failure, as is a number or a boolean where the class
     * has a text. Null is accepted for anything but a primitive. NaN and the infinities are read as the sender has written them. Receivers
     * on the same node share one value if that makes no difference, that is for records of numbers, texts, enums and such records; of any
     * other class each receiver gets a separate value.
     *
     * @param as the class, preferably a record
     * @param <T> the class
     * @return the value; fails with {@link UndecodablePayloadException} if the payload does not match the class
     */
    public <T> T payload(Class<T> as) {
        requireNonNull(as, "the class of an event's payload must not be null");
        return payload(as, mappers.payloads());
    }

    /**
     * The payload, decoded as a generic type, such as a list of records; each call returns a separate value.
     *
     * @param as the type, such as {@code new TypeReference<List<Message>>() {}}
     * @param <T> the type
     * @return the value; fails with {@link UndecodablePayloadException} if the payload does not match the type
     */
    public <T> T payload(TypeReference<T> as) {
        requireNonNull(as, "the type of an event's payload must not be null");
        return payload(as, mappers.payloads());
    }

    <T> T payload(Class<T> as, PayloadMapper with) {
        return payload.decode(this, as, with);
    }

    <T> T payload(TypeReference<T> as, PayloadMapper with) {
        return payload.decode(this, as, with);
    }

    /**
     * The payload in its encoded form, JSON.
     *
     * @return the text
     */
    public String json() {
        return new String(payload.json(), StandardCharsets.UTF_8);
    }

    /**
     * The payload in its encoded form, JSON in UTF-8; for channel layers.
     *
     * @return a copy of the bytes
     */
    public byte[] jsonBytes() {
        return payload.json().clone();
    }

    /**
     * The size of the encoded payload.
     *
     * @return the number of bytes
     */
    public int size() {
        return payload.json().length;
    }

    /**
     * A value derived from the payload once for all members of a group on this node, such as a message to send.
     *
     * @param type its class
     * @param make derives it from the payload's JSON, which must not be changed; may be called twice when members run at the same time
     * @param <T> its class, immutable
     * @return the derived value
     */
    public <T> T derived(Class<T> type, Function<byte[], ? extends T> make) {
        requireNonNull(type, "the class of what is derived from an event must not be null");
        requireNonNull(make, "the function that derives from an event must not be null");
        return payload.derived(type, make);
    }

    /**
     * A copy of the event as its receivers on this node see it; the sender's is unchanged.
     *
     * @param to the group it was sent to, if any
     * @param nanos the time of its arrival
     * @param receivers their JSON
     */
    Event arrived(@Nullable GroupName to, long nanos, SystemJson receivers) {
        return new Event(type, payload, receivers, Kind.LIVE, to, null, nanos);
    }

    /** A copy with a position. What is derived from it may contain the position, so it shares the bytes only. */
    Event at(Position place) {
        return new Event(type, new Payload(payload.json()), mappers, kind, group, place, arrival);
    }

    /** A copy for a channel that joins, whose time begins now. */
    Event replayed(long nanos) {
        return new Event(type, payload, mappers, Kind.REPLAYED, group, position, nanos);
    }

    /** The position of an event or of a mark. */
    Position place() {
        return position == null ? Position.NONE : position;
    }

    Kind kind() {
        return kind;
    }

    /** The first characters of the JSON, at most this many; for JSON that begins with plain characters. */
    String start(int characters) {
        byte[] json = payload.json();
        return new String(json, 0, Math.min(characters, json.length), StandardCharsets.ISO_8859_1);
    }

    /** The JSON of the receivers. */
    SystemJson receivers() {
        return mappers;
    }

    /** The time of arrival on this node, by its monotonic clock. */
    long arrival() {
        return arrival;
    }

    /** Whether the other is an event of the same type with the same bytes. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Event event && type.equals(event.type) && payload.equals(event.payload);
    }

    /** Computed from type and bytes. */
    @Override
    public int hashCode() {
        return 31 * type.hashCode() + payload.hashCode();
    }

    /** Type and size, never the content. */
    @Override
    public String toString() {
        return "Event[" + type + ", " + Counted.of(size(), "byte") + "]";
    }
}
