package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.pekkochannels.layer.Presence;
import org.pekkochannels.layer.PresenceLimitException;
import org.pekkochannels.layer.UnencodablePayloadException;

/**
 * The presence of a group as one synchronous consumer sees it. Use it inside the consumer's callbacks.
 *
 * <p>To enter, a consumer need not be a member of the group. Its entries end with the connection, after the grace that {@link Presence}
 * describes. All methods take effect at once, whatever becomes of the callback and its transaction. They wait for the layer like
 * {@link SyncGroup#add}, and fail with {@link GroupTimeoutException} if it does not answer in time.
 */
public final class SyncGroupPresence {
    private final SyncGroup group;
    private final SyncConsumer consumer;
    private final Membership membership;

    SyncGroupPresence(SyncGroup group, SyncConsumer consumer) {
        this.group = group;
        this.consumer = consumer;
        this.membership = consumer.context().membership();
    }

    /**
     * Enters under a key, or changes the meta if the consumer has entered under it. Has no effect after the connection's end.
     *
     * @param key any text of 1 to 256 characters, such as the user's name; connections with the same key are one key with several references
     * @param meta what members see of the entry: any value that Jackson encodes
     * @throws PresenceLimitException over a bound
     * @throws UnencodablePayloadException if the meta cannot be encoded
     * @throws UnsupportedOperationException if the layer has no presence
     */
    public void enter(String key, Object meta) {
        requireNonNull(key, Membership.NO_KEY);
        byte[] json = encoded(meta);
        await(() -> membership.enter(group.name(), key, json));
    }

    /**
     * Changes the meta of the consumer's entry, like {@link #enter}.
     *
     * @param key the key under which it has entered
     * @param meta the new meta
     * @throws IllegalStateException if the consumer has not entered under the key
     */
    public void update(String key, Object meta) {
        requireNonNull(key, Membership.NO_KEY);
        byte[] json = encoded(meta);
        await(() -> membership.update(group.name(), key, json));
    }

    /**
     * Ends the consumer's entry, if it has one. Members see it after the grace, unless the same key enters again.
     *
     * @param key the key under which it has entered
     */
    public void leave(String key) {
        requireNonNull(key, Membership.NO_KEY);
        await(() -> membership.leavePresence(group.name(), key));
    }

    /**
     * The entries of the group, those in their grace included. The consumer need not be a member.
     *
     * @return the entries, ordered by key
     */
    public List<Presence.Entry> list() {
        return await(() -> membership.layer().presence().list(group.name()));
    }

    private byte[] encoded(Object meta) {
        return consumer.context()
                .event(Presence.EVENT, requireNonNull(meta, Membership.NO_META))
                .jsonBytes();
    }

    private <T> T await(Supplier<CompletionStage<T>> change) {
        SyncCallback call = consumer.calls().running();
        return group.await(call.options(), change.get());
    }
}
