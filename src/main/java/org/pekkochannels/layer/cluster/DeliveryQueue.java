package org.pekkochannels.layer.cluster;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.pekkochannels.concurrent.Offloader;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LocalChannels;

/**
 * Events from other nodes that wait for their delivery here. An event for a large group takes milliseconds, and would delay those for all other
 * groups on the hub's thread, so another thread delivers it.
 *
 * <p>An event waits behind those before it if a channel may receive both, because the events of one sender must reach a channel in order, also
 * those of different groups. All others pass. Used by the hub only, except for {@link Pending#run}.
 */
final class DeliveryQueue {
    /** An event for more members is delivered by another thread. */
    static final int MANY_MEMBERS = 256;

    // About 100 microseconds of the hub's time.
    private static final int MOST_COMPARISONS = 4096;

    private final LocalChannels local;
    private final Offloader offloader;
    private final long mostBytes;
    private final AtomicLong bytes = new AtomicLong();
    // How many events wait for each.
    private final Map<GroupName, Integer> groups = new ConcurrentHashMap<>();
    private final Map<String, Integer> channels = new ConcurrentHashMap<>();

    DeliveryQueue(LocalChannels local, Executor executor, long mostBytes) {
        this.local = local;
        this.offloader = new Offloader(executor);
        this.mostBytes = mostBytes;
    }

    /** Whether an event must wait, because its group is large or a channel may receive it and one that waits. */
    boolean mustWait(Transfer event) {
        GroupName group = event.group();
        return group == null
                ? !offloader.isIdle() && isBehind(event.channel())
                : local.members(group) > MANY_MEMBERS || (!offloader.isIdle() && isBehind(group));
    }

    private boolean isBehind(String channel) {
        return channels.containsKey(channel)
                || groups.keySet().stream().anyMatch(group -> local.isMember(group, channel));
    }

    private boolean isBehind(GroupName group) {
        return groups.containsKey(group)
                || (long) local.members(group) * groups.size() + channels.size() > MOST_COMPARISONS
                || channels.keySet().stream().anyMatch(channel -> local.isMember(group, channel))
                || groups.keySet().stream().anyMatch(other -> local.haveCommonMember(group, other));
    }

    /** Has another thread deliver an event, after those that wait; returns false if too many or too large ones wait. */
    boolean add(Transfer event, Runnable delivery) {
        if (offloader.isFull() || bytes.get() > mostBytes) {
            return false;
        }
        Pending pending = new Pending(event, delivery);
        pending.count(1);
        offloader.add(pending);
        return true;
    }

    private final class Pending implements Runnable {
        private final Transfer event;
        private final Runnable delivery;

        Pending(Transfer event, Runnable delivery) {
            this.event = event;
            this.delivery = delivery;
        }

        @Override
        public void run() {
            try {
                delivery.run();
            } finally {
                count(-1);
            }
        }

        void count(int change) {
            bytes.addAndGet((long) change * event.event().size());
            if (event.group() == null) {
                count(channels, event.channel(), change);
            } else {
                count(groups, event.group(), change);
            }
        }

        private static <K> void count(Map<K, Integer> waiting, K target, int change) {
            waiting.merge(target, change, (before, more) -> before + more == 0 ? null : before + more);
        }
    }
}
