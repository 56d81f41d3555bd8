package org.pekkochannels.layer;

import org.jspecify.annotations.Nullable;

/**
 * A channel that watches one group: how much of the state it has. Confined to the tick, except {@link #isStale}.
 *
 * <p>While it receives the state page by page, it receives all differences too. A difference about a slot whose page has not come yet does
 * no harm, because references are set and removed, not counted.
 */
final class PresenceWatch {
    private final Channel channel;
    private @Nullable PresenceSlot after;
    private boolean begun;
    private boolean complete;
    /** An event of the channel was lost; set by any thread. */
    private volatile boolean stale;

    PresenceWatch(Channel channel) {
        this.channel = channel;
    }

    Channel channel() {
        return channel;
    }

    /** Whether it has a part of the state, so that it needs differences. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether it has the whole state. */
    boolean isComplete() {
        return complete && !stale;
    }

    /** The last slot that it has; null at the beginning. */
    @Nullable
    PresenceSlot after() {
        return after;
    }

    /** It has received a page. */
    void advance(@Nullable PresenceSlot last) {
        begun = true;
        after = last;
        complete = last == null;
    }

    /** It needs the state from the beginning. */
    void restart() {
        begun = false;
        after = null;
        complete = false;
        stale = false;
    }

    /** Whether an event was lost in the channel. */
    boolean isStale() {
        return stale;
    }

    void lostAnEvent() {
        stale = true;
    }
}
