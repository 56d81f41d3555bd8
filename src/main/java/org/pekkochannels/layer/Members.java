package org.pekkochannels.layer;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of one group: a set to change, and an array to walk through without a lock.
 *
 * <p>The array is made anew by the first send after a change, so that many may join one after the other cheaply.
 * Thread-safe.
 */
final class Members {
    private static final Channel[] NONE = {};

    // Guarded by this; in order of joining, which makes tests and traces easy to follow.
    private final Set<Channel> channels = new LinkedHashSet<>();
    private volatile Channel @Nullable [] snapshot;

    synchronized Members with(Channel channel) {
        channels.add(channel);
        snapshot = null;
        return this;
    }

    /** Nothing when the last member has left, for the group then ends. */
    synchronized @Nullable Members without(Channel channel) {
        channels.remove(channel);
        snapshot = null;
        return channels.isEmpty() ? null : this;
    }

    synchronized int size() {
        return channels.size();
    }

    /** Not to be changed. */
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
