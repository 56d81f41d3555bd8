package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * The presence of a channel layer: which keys, such as users, are present in a group, each with some data of the application, its meta.
 *
 * <ul>
 * <li>An entry belongs to one channel of this node, and ends with it. A channel has at most one entry per group and key. Two channels with
 * the same key, such as two devices of one user, are one key with two references.
 * <li>Watching channels get events of the type {@link #EVENT}: first the state, with the next tick, then the differences, at most one per
 * tick ({@code channels.layer.presence.tick}) and group. Each is encoded once for all channels that watch. Changes within a tick are merged,
 * and a key that enters and leaves within a tick is in no event.
 * <li>A leave takes effect after a grace ({@code channels.layer.presence.grace}). Until then the entry is listed. If the same key enters
 * again within the grace, from any channel, it takes over the entry and its reference: with the same meta there is no event, with another
 * one there is a join of the same reference. A key may have several entries in the grace; the one with the same meta is preferred.
 * <li>A channel that is full gets the whole state again when it has room, so no channel keeps a wrong state.
 * <li>References are unique within a key, and valid for the events and lists of one node only: another node may use other ones.
 * </ul>
 *
 * <p>Consumers use {@code presence(group)} and {@code onPresence(..)} instead. Thread-safe. No method blocks. A bad name or a null throws;
 * every other failure fails the stage.
 */
public interface Presence {
    /** The type of the events that watching channels receive; {@link Diff#of} decodes them. Applications must not send events of it. */
    String EVENT = "channels.presence";

    /**
     * Enters a key for a channel, or changes the meta of its entry. Has no effect if the channel is closed.
     *
     * @param group the group's name; the channel need not be a member
     * @param channel a channel of this node
     * @param key any text of 1 to 256 characters, such as a user's name
     * @param meta one JSON value in UTF-8, not to be changed afterwards
     * @return completes when lists on this node contain the entry; fails with {@link PresenceLimitException} over a bound, and with
     *     {@link IllegalArgumentException} if the meta is not one JSON value
     */
    CompletionStage<Done> enter(GroupName group, Channel channel, String key, byte[] meta);

    /**
     * Changes the meta of a channel's entry. Has no effect if the channel is closed.
     *
     * @param group the group's name
     * @param channel a channel of this node
     * @param key the key under which it has entered
     * @param meta one JSON value in UTF-8, not to be changed afterwards
     * @return a stage as of {@link #enter}; fails with {@link IllegalStateException} if the channel has not entered under the key
     */
    CompletionStage<Done> update(GroupName group, Channel channel, String key, byte[] meta);

    /**
     * Ends a channel's entry, if it has one; the grace begins.
     *
     * @param group the group's name
     * @param channel a channel of this node
     * @param key the key under which it has entered
     * @return completes when the entry's grace has begun
     */
    CompletionStage<Done> leave(GroupName group, Channel channel, String key);

    /**
     * The current entries of a group, on all nodes, those in their grace included.
     *
     * @param group the group's name
     * @return the entries, ordered by key
     */
    CompletionStage<List<Entry>> list(GroupName group);

    /**
     * Sends a channel the state of a group with the next tick, and then the differences. Has no effect if it watches the group already, or
     * if it is closed.
     *
     * @param group the group's name; the channel need not be a member
     * @param channel a channel of this node
     * @return completes when the channel watches
     */
    CompletionStage<Done> watch(GroupName group, Channel channel);

    /**
     * Sends a channel no further events of a group's presence. One that is being sent at this moment may still arrive.
     *
     * @param group the group's name
     * @param channel a channel of this node
     * @return completes when no later tick sends an event
     */
    CompletionStage<Done> unwatch(GroupName group, Channel channel);

    /**
     * The current and accumulated numbers of this node.
     *
     * @return the numbers
     */
    Stats stats();

    /**
     * One entry of a group. Immutable and thread-safe.
     *
     * <p>Two entries are equal if their keys, references and JSON are.
     */
    final class Entry {
        private final String key;
        private final String ref;
        private final Event meta;
        private final SystemJson json;

        Entry(String key, String ref, byte[] meta, SystemJson json) {
            this.key = key;
            this.ref = ref;
            this.meta = Event.ofJson(EVENT, meta);
            this.json = json;
        }

        /**
         * The key, such as a user's name.
         *
         * @return any text of 1 to 256 characters
         */
        public String key() {
            return key;
        }

        /**
         * The reference that distinguishes entries of the same key.
         *
         * @return a short text of {@code [A-Za-z0-9-]}
         */
        public String ref() {
            return ref;
        }

        /**
         * The meta, decoded with the mapper of the actor system.
         *
         * @param as the class, best a record
         * @param <T> the class
         * @return the value; fails with {@link UndecodablePayloadException} if the meta does not match the class
         */
        public <T> T meta(Class<T> as) {
            return json.payload(meta, requireNonNull(as, "the class of a meta must not be null"));
        }

        /**
         * The meta, decoded as a generic type.
         *
         * @param as the type
         * @param <T> the type
         * @return the value; fails with {@link UndecodablePayloadException} if the meta does not match the type
         */
        public <T> T meta(TypeReference<T> as) {
            return json.payload(meta, requireNonNull(as, "the type of a meta must not be null"));
        }

        /**
         * The meta as JSON.
         *
         * @return the text
         */
        public String json() {
            return meta.json();
        }

        /** Whether the other is an entry of the same key, reference and JSON. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Entry entry
                    && key.equals(entry.key)
                    && ref.equals(entry.ref)
                    && meta.equals(entry.meta);
        }

        /** Computed from key and reference. */
        @Override
        public int hashCode() {
            return 31 * key.hashCode() + ref.hashCode();
        }

        /** The reference and the size of the meta, never the key or the content. */
        @Override
        public String toString() {
            return "Entry[" + ref + ", " + meta.size() + " bytes]";
        }
    }

    /**
     * What has changed in a group's presence. Immutable; shared by all consumers on the node.
     *
     * <p>A receiver keeps a map of keys to references. If {@code state} is true it clears the map. Then it sets each reference of the joins,
     * whether it has it or not, and removes each of the leaves. A large state, or a large difference, arrives in several parts; each is
     * applied in the same way.
     *
     * @param group the group
     * @param state whether this begins the state, so that everything before is void
     * @param joins entries that are new or have another meta, by key
     * @param leaves references that are gone, by key
     */
    record Diff(GroupName group, boolean state, Map<String, List<Entry>> joins, Map<String, List<String>> leaves) {
        /**
         * Copies the maps.
         *
         * @param group the group
         * @param state whether this begins the state
         * @param joins new and changed entries
         * @param leaves references that are gone
         */
        public Diff {
            requireNonNull(group, "the group of a diff must not be null");
            joins = copied(joins);
            leaves = copied(leaves);
        }

        /**
         * Decodes an event of the type {@link Presence#EVENT}, once for all receivers on the node.
         *
         * @param event the event
         * @return the difference; fails with {@link UndecodablePayloadException} if the event is not of a presence
         */
        public static Diff of(Event event) {
            return PresenceReader.read(event);
        }

        // Unlike Map.copyOf it keeps the order, which is that of the keys.
        private static <T> Map<String, List<T>> copied(Map<String, List<T>> map) {
            Map<String, List<T>> copy = new LinkedHashMap<>(map);
            copy.replaceAll((key, values) -> List.copyOf(values));
            return Collections.unmodifiableMap(copy);
        }

        /**
         * The group of an event of the type {@link Presence#EVENT}, without decoding the rest.
         *
         * @param event the event
         * @return the group; fails with {@link UndecodablePayloadException} if the event is not of a presence
         */
        public static GroupName groupOf(Event event) {
            return PresenceReader.group(event);
        }
    }

    /**
     * The numbers of one node.
     *
     * @param entries entries of this node's channels
     * @param watches how many channels watch, each counted once per group
     * @param diffs differences that were encoded, each counted once for all channels
     * @param states states that were begun, each counted once per channel
     * @param restarts states that were sent again, because a channel was full or an event had expired in it
     * @param refused entries that were refused over a bound
     */
    record Stats(
            int entries,
            int watches,
            long diffs,
            long states,
            long restarts,
            Map<PresenceLimitException.Limit, Long> refused) {
        /**
         * Copies the map.
         *
         * @param entries entries of this node's channels
         * @param watches how many channels watch
         * @param diffs encoded differences
         * @param states states that were begun
         * @param restarts states that were sent again
         * @param refused entries that were refused over a bound
         */
        public Stats {
            refused = Map.copyOf(refused);
        }
    }
}
