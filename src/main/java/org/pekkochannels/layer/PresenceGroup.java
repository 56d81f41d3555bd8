package org.pekkochannels.layer;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The presence of one group, and the channels that watch it. The two are guarded by the lock of {@link LocalPresence}; {@link Tick} runs
 * without it, one at a time.
 */
final class PresenceGroup {
    private static final PresenceWatch[] NOBODY = {};

    // Half of what a channel holds: the other half is for the group's own events.
    private static final int PAGES_PER_TICK = 2;

    private final String name;
    private final PresenceView view = new PresenceView();
    private final Map<Channel, PresenceWatch> watches = new LinkedHashMap<>();

    PresenceGroup(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    PresenceView view() {
        return view;
    }

    Map<Channel, PresenceWatch> watches() {
        return watches;
    }

    /** Whether nothing of it is left. */
    boolean isEmpty() {
        return view.isEmpty() && watches.isEmpty();
    }

    /** Whether a later tick has something to do. */
    boolean isPending() {
        return view.isPending() || !watches.values().stream().allMatch(PresenceWatch::isComplete);
    }

    /** Begins a tick; called with the lock. */
    Tick tick(long now, long grace, Source source) {
        return new Tick(view.changes(now, grace), watches.values().toArray(NOBODY), source);
    }

    /** A tick failed halfway, so that it is unknown which events were sent; called with the lock, in the tick. */
    void restart(PresenceCounters counts) {
        watches.values().forEach(watch -> restart(watch, counts));
    }

    private static void restart(PresenceWatch watch, PresenceCounters counts) {
        if (watch.hasBegun()) {
            counts.restarted();
        }
        watch.restart();
    }

    /** What a tick needs of its node. */
    interface Source {
        /** A page of the group's state; takes the lock. */
        PresenceView.Page page(PresenceGroup group, @Nullable PresenceSlot after);

        /** Offers an event to a channel. */
        Channel.Offer offer(Channel channel, Event event);

        PresenceCounters counts();
    }

    /** One tick of the group: sends what has changed, then pages of the state to those that lack it. */
    final class Tick {
        private final PresenceView.Changes changes;
        private final PresenceWatch[] receivers;
        private final Source source;
        // By the slot before the page; the first page has no such slot.
        private final Map<PresenceSlot, Page> pages = new HashMap<>(2);
        private @Nullable Page first;
        private @Nullable List<Event> diff;

        private Tick(PresenceView.Changes changes, PresenceWatch[] receivers, Source source) {
            this.changes = changes;
            this.receivers = receivers;
            this.source = source;
        }

        private record Page(Event event, @Nullable PresenceSlot last) {}

        void run() {
            for (PresenceWatch watch : receivers) {
                if (watch.isStale() || !sendChanges(watch)) {
                    restart(watch);
                } else if (!watch.isComplete()) {
                    sendState(watch);
                }
            }
        }

        private void restart(PresenceWatch watch) {
            PresenceGroup.restart(watch, source.counts());
        }

        /** Returns false if the channel is full. */
        private boolean sendChanges(PresenceWatch watch) {
            if (!watch.hasBegun() || changes.isEmpty()) {
                return true;
            }
            for (Event part : diff()) {
                if (source.offer(watch.channel(), part) == Channel.Offer.FULL) {
                    return false;
                }
            }
            return true;
        }

        private List<Event> diff() {
            List<Event> made = diff;
            if (made == null) {
                made = PresenceWriter.diff(name, changes);
                source.counts().diffEncoded();
                diff = made;
            }
            return made;
        }

        private void sendState(PresenceWatch watch) {
            for (int pages = 0; pages < PAGES_PER_TICK && !watch.isComplete(); pages++) {
                Page page = page(watch.after());
                if (source.offer(watch.channel(), page.event()) == Channel.Offer.FULL) {
                    return;
                }
                if (!watch.hasBegun()) {
                    source.counts().stateBegun();
                }
                watch.advance(page.last());
            }
        }

        private Page page(@Nullable PresenceSlot after) {
            if (after != null) {
                return pages.computeIfAbsent(after, this::read);
            }
            Page made = first;
            if (made == null) {
                made = read(null);
                first = made;
            }
            return made;
        }

        private Page read(@Nullable PresenceSlot after) {
            PresenceView.Page page = source.page(PresenceGroup.this, after);
            return new Page(PresenceWriter.state(name, after == null, page.joins()), page.last());
        }
    }
}
