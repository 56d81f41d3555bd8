package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Presence;
import org.pekkochannels.layer.PresenceLimitException;
import org.pekkochannels.layer.UnencodablePayloadException;

/**
 * The presence of a group as one consumer sees it: the consumer can enter it under a key, such as its user's name, and list it.
 *
 * <p>To enter, a consumer need not be a member of the group. Its entries end with the connection, after the grace that {@link Presence}
 * describes. To receive what changes, register {@code onPresence(..)} or {@code relayPresence(..)} and join the group. The stages
 * complete on the consumer's turn. Thread-safe: calls from other threads wait for the turn, as {@link WebSocketConsumer} describes.
 */
public final class GroupPresence {
    private final GroupName name;
    private final ConsumerContext context;
    private final Membership membership;

    GroupPresence(GroupName name, ConsumerContext context) {
        this.name = name;
        this.context = context;
        this.membership = context.membership();
    }

    /** Enters or updates, with the meta as JSON. */
    @FunctionalInterface
    private interface Change {
        CompletionStage<Done> with(String key, byte[] meta);
    }

    /**
     * Enters under a key, or changes the meta if the consumer has entered under it. Has no effect after the connection's end.
     *
     * @param key any text of 1 to 256 characters, such as the user's name; connections with the same key are one key with several references
     * @param meta what members see of the entry: any value that Jackson encodes; it is encoded now
     * @return a stage that completes when {@link #list} contains the entry; it fails with {@link PresenceLimitException} over a bound, with
     *     {@link UnencodablePayloadException} if the meta cannot be encoded, and with {@link UnsupportedOperationException} if the layer has
     *     no presence
     */
    public CompletionStage<Done> enter(String key, Object meta) {
        return put(key, meta, (any, json) -> membership.enter(name, any, json));
    }

    /**
     * Changes the meta of the consumer's entry.
     *
     * @param key the key under which it has entered
     * @param meta the new meta; it is encoded now
     * @return a stage as of {@link #enter}; it fails with {@link IllegalStateException} if the consumer has not entered under the key
     */
    public CompletionStage<Done> update(String key, Object meta) {
        return put(key, meta, (any, json) -> membership.update(name, any, json));
    }

    /**
     * Ends the consumer's entry, if it has one. Members see it after the grace, unless the same key enters again.
     *
     * @param key the key under which it has entered
     * @return a stage that completes when the grace has begun
     */
    public CompletionStage<Done> leave(String key) {
        requireNonNull(key, Membership.NO_KEY);
        return change(0, Done.getInstance(), () -> membership.leavePresence(name, key));
    }

    /**
     * The entries of the group, those in their grace included. The consumer need not be a member.
     *
     * @return a stage with the entries, ordered by key
     */
    public CompletionStage<List<Presence.Entry>> list() {
        return change(0, List.of(), () -> membership.layer().presence().list(name));
    }

    private CompletionStage<Done> put(String key, Object meta, Change change) {
        requireNonNull(key, Membership.NO_KEY);
        requireNonNull(meta, Membership.NO_META);
        byte[] json;
        try {
            json = context.event(Presence.EVENT, meta).jsonBytes();
        } catch (UnencodablePayloadException e) {
            return context.turn().failed(e);
        }
        return change(json.length, Done.getInstance(), () -> change.with(key, json));
    }

    private <T> CompletionStage<T> change(int bytes, T ended, Supplier<CompletionStage<T>> change) {
        return context.isOnTurn() ? now(change) : context.calls().call(bytes, ended, change::get);
    }

    private <T> CompletionStage<T> now(Supplier<CompletionStage<T>> change) {
        try {
            return context.turn().bring(change.get());
        } catch (UnsupportedOperationException e) { // the layer has no presence
            return context.turn().failed(e);
        }
    }
}
