package org.pekkochannels.layer;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of one group: a set for changes, and an array to iterate without a lock.
 *
 * <p>The array is rebuilt by the first send after a change, so that a series of joins stays cheap. Thread-safe.
 */
final class Members {
    private static final Channel[] NONE = {};

    // Guarded by this. Kept in order of joining, which makes tests and traces easy to follow.
    private final Set<Channel> channels = new LinkedHashSet<>();
    private volatile Channel @Nullable [] snapshot;

    synchronized Members with(Channel channel) {
        channels.add(channel);
        snapshot = null;
        return this;
    }

    /** Returns null when the last member has left, because the group then ends. */
    synchronized @Nullable Members without(Channel channel) {
        channels.remove(channel);
        snapshot = null;
        return channels.isEmpty() ? null : this;
    }

    synchronized int size() {
        return channels.size();
    }

    /** The caller must not change the array. */
    Channel[] snapshot() {
        Channel[] current = snapshot;
        return current == null ? renewed() : current;
    }

    private synchronized Channel[] renewed() {
        Channel[] renewed = channels.toArray(NONE);
        snapshot = renewed;
        return renewed;
    }
}
