package org.pekkochannels.layer;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.Channel.Offer;

/**
 * The channels of one node whose names their owners chose. Several may have the same name; an event is sent to one of them, in turn.
 *
 * <p>Thread-safe; the listener is called without a lock held.
 */
final class NamedChannels {
    private static final SafeLog LOG = SafeLog.of(NamedChannels.class);

    private final ConcurrentMap<String, Receivers> names = new ConcurrentHashMap<>();
    private volatile Runnable listener = () -> {};

    /** The channels of one name. The list is replaced at each change, and never empty. */
    private record Receivers(List<Channel> channels, AtomicInteger turn) {
        static Receivers with(@Nullable Receivers before, Channel channel) {
            return before == null
                    ? new Receivers(List.of(channel), new AtomicInteger())
                    : new Receivers(
                            Stream.concat(before.channels.stream(), Stream.of(channel))
                                    .toList(),
                            before.turn);
        }

        @Nullable
        Receivers without(Channel channel) {
            List<Channel> fewer =
                    channels.stream().filter(each -> each != channel).toList();
            return fewer.isEmpty() ? null : new Receivers(fewer, turn);
        }

        /** Offers the event to the next channel, and to the ones after it while they are full. */
        Offer offer(Event event) {
            int first = Math.floorMod(turn.getAndIncrement(), channels.size());
            Offer result = Offer.CLOSED;
            for (int i = 0; i < channels.size(); i++) {
                Offer offer = channels.get((first + i) % channels.size()).offer(event);
                if (offer == Offer.ACCEPTED || offer == Offer.FAILED) {
                    return offer;
                }
                result = offer == Offer.FULL ? offer : result;
            }
            return result;
        }
    }

    void add(Channel channel) {
        change(channel, names.compute(channel.name(), (name, before) -> Receivers.with(before, channel)), 1);
    }

    void remove(Channel channel) {
        change(channel, names.computeIfPresent(channel.name(), (name, before) -> before.without(channel)), 0);
    }

    /** Notifies the listener if the first channel of a name was added, or the last one removed. */
    private void change(Channel channel, @Nullable Receivers now, int notified) {
        if ((now == null ? 0 : now.channels.size()) == notified) {
            try {
                listener.run();
            } catch (Throwable e) { // the channel is open or closed already, and its owner has done nothing wrong
                LOG.error("the listener for names of channels failed for '{}'", channel.name(), e);
            }
        }
    }

    /** Offers an event to one of a name's channels; {@code CLOSED} if there is none. */
    Offer offer(String name, Event event) {
        Receivers receivers = names.get(name);
        return receivers == null ? Offer.CLOSED : receivers.offer(event);
    }

    /** The current names, sorted. */
    Set<String> names() {
        return new TreeSet<>(names.keySet());
    }

    void listener(Runnable changed) {
        listener = changed;
    }

    int size() {
        return names.values().stream()
                .mapToInt(receivers -> receivers.channels.size())
                .sum();
    }
}
