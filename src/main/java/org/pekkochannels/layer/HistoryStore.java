package org.pekkochannels.layer;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The histories of one node's groups, in memory and bounded in bytes: over the bound the least recently used ones are discarded, and their
 * groups begin again with a new epoch. Thread-safe.
 *
 * <p>An event of a group with history is numbered, kept and passed to the members under the lock of that history. So all members receive the
 * events in one order, the order of the positions, and a channel joins between two of them. Receivers only pass events on, so the lock is
 * held briefly; a receiver that sends to such a group would wait for itself, and is refused.
 */
final class HistoryStore implements HistoryHook {
    // The group whose members this thread passes an event to, whatever the layer.
    private static final ThreadLocal<@Nullable GroupName> DELIVERING = new ThreadLocal<>();

    private final List<HistoryRule> rules;
    private final long maxBytes;
    private final LocalChannels local;
    // In the order of their last use; guarded by itself. No history's lock is taken inside.
    private final Map<String, GroupHistory> histories = new LinkedHashMap<>(16, 0.75f, true);
    private final LongAdder discarded = new LongAdder();
    // Guarded by histories.
    private long bytes;

    HistoryStore(List<HistoryRule> rules, long maxBytes, LocalChannels local) {
        this.rules = rules;
        this.maxBytes = maxBytes;
        this.local = local;
        local.keep(this);
    }

    /** Whether a group keeps history. */
    boolean keeps(GroupName group) {
        for (HistoryRule rule : rules) {
            if (rule.matches(group.value())) {
                return true;
            }
        }
        return false;
    }

    /** Keeps an event, and passes it to the members. */
    void publish(GroupName group, @Nullable String excluded, Event event) {
        requireOutside(group, DELIVERING.get());
        with(group, history -> {
            Position before = history.top();
            Event placed = history.append(local.stamped(group, event));
            DELIVERING.set(group);
            try {
                local.deliverKept(group, excluded, placed, before);
            } finally {
                DELIVERING.remove();
            }
            return placed;
        });
    }

    /** Two threads that delivered to each other's group would wait for each other for ever. */
    private static void requireOutside(GroupName group, @Nullable GroupName busy) {
        if (busy != null) {
            throw new IllegalStateException("a receiver that is given an event of group '" + busy.value()
                    + "' uses group '" + group.value() + "', which keeps history; a receiver only passes events on, and"
                    + " what handles them uses groups");
        }
    }

    /** Makes a channel a member, and replays the events after a position, all of them or none. */
    Joined join(GroupName group, Channel channel, Position since) {
        return with(group, history -> {
            boolean recovered = history.covers(since, now()) && !channel.hasRejoinedOften(group);
            local.rejoin(group, channel, recovered ? history.after(since) : List.of());
            return new Joined(recovered ? since : history.top(), recovered);
        });
    }

    Position position(GroupName group) {
        return with(group, GroupHistory::top);
    }

    List<Event> newest(GroupName group, int limit) {
        return with(group, history -> history.newest(limit, now()));
    }

    /** If the history has the events that are missing, they are replayed, and the channel misses nothing. */
    @Override
    public boolean endGap(GroupName group, Channel channel, Position before) {
        if (!keeps(group)) {
            return channel.endGap(group, before);
        }
        return with(group, history -> {
            if (!channel.endGap(group, before)) {
                return false;
            }
            boolean refilled = history.covers(before, now());
            if (refilled) {
                local.replay(channel, history.after(before));
            }
            return !refilled;
        });
    }

    /** The history of a group without members is kept for as long as its events are. */
    @Override
    public void emptied(String group) {
        synchronized (histories) {
            GroupHistory history = histories.get(group);
            if (history != null) {
                history.use(now());
            }
        }
    }

    int size() {
        synchronized (histories) {
            return histories.size();
        }
    }

    long bytes() {
        synchronized (histories) {
            return bytes;
        }
    }

    long discarded() {
        return discarded.sum();
    }

    /** Does some work with the lock of a group's history. */
    private <T> T with(GroupName group, Function<GroupHistory, T> work) {
        GroupName busy = DELIVERING.get();
        requireOutside(group, group.equals(busy) ? null : busy);
        while (true) {
            GroupHistory history = find(group.value());
            Optional<T> result;
            synchronized (history) {
                result = history.isDiscarded() ? Optional.empty() : Optional.of(accounted(history, work));
            }
            if (result.isPresent()) {
                trim(history);
                return result.get();
            }
        }
    }

    private <T> T accounted(GroupHistory history, Function<GroupHistory, T> work) {
        long before = history.bytes();
        try {
            return work.apply(history);
        } finally {
            synchronized (histories) {
                bytes += history.bytes() - before;
            }
        }
    }

    /** The group's history, now the most recently used one. */
    private GroupHistory find(String group) {
        synchronized (histories) {
            GroupHistory history = histories.get(group);
            if (history == null || history.isDiscarded()) {
                bytes -= history == null ? 0 : history.bytes();
                history = new GroupHistory(group, rule(group).orElseThrow(), maxBytes, now());
                histories.put(group, history);
                bytes += history.bytes();
            }
            history.use(now());
            return history;
        }
    }

    private Optional<HistoryRule> rule(String group) {
        return rules.stream().filter(rule -> rule.matches(group)).findFirst();
    }

    /** Discards what is over the bound, and what is idle; outside of every history's lock, because it takes others. */
    private void trim(GroupHistory current) {
        GroupHistory eldest = surplus(current);
        while (eldest != null && discard(eldest)) {
            eldest = surplus(current);
        }
    }

    private @Nullable GroupHistory surplus(GroupHistory current) {
        synchronized (histories) {
            Iterator<GroupHistory> oldestFirst = histories.values().iterator();
            GroupHistory eldest = oldestFirst.hasNext() ? oldestFirst.next() : current; // others trim, too
            if (eldest == current) {
                return null;
            }
            if (bytes > maxBytes) {
                return eldest;
            }
            boolean idle = eldest.isIdle(now());
            if (idle && local.members(new GroupName(eldest.group())) > 0) {
                histories.get(eldest.group()); // has members, which may come back with its top: the last one now
                return null;
            }
            return idle ? eldest : null;
        }
    }

    /** Returns false if another thread does it. */
    private boolean discard(GroupHistory history) {
        synchronized (history) {
            if (!history.discard()) {
                return false;
            }
        }
        synchronized (histories) {
            if (histories.remove(history.group(), history)) {
                bytes -= history.bytes();
            }
        }
        discarded.increment();
        return true;
    }

    private long now() {
        return local.ticker().read();
    }
}
