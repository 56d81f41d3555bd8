package org.pekkochannels.layer;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.settings.Settings;

/**
 * The groups with history of one node whose events are in a store that all nodes share. A layer delivers and replays them on one thread, its
 * reader's, so that each join has a place in the order of the events; the rest is thread-safe.
 *
 * <p>Not API: public only because packages differ, and may change without notice.
 *
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public final class StoredHistory implements HistoryHook {
    private final List<HistoryRule> rules;
    private final LocalChannels local;
    private final Refills refills;

    /** What reads events for a channel that was full. */
    public interface Refills {
        /**
         * A channel misses events of a group. Called on the thread of the channel's receiver, which it must not block.
         *
         * @param group the group
         * @param channel the channel, which receives no event of the group until {@link StoredHistory#refill}
         * @param before the position before the first missing event
         */
        void refill(GroupName group, Channel channel, Position before);
    }

    private StoredHistory(List<HistoryRule> rules, LocalChannels local, Refills refills) {
        this.rules = rules;
        this.local = local;
        this.refills = refills;
    }

    /**
     * The groups that {@code channels.layer.history} names.
     *
     * @param settings the section {@code channels.layer}
     * @param local the channels of this node, of which none is open yet
     * @param refills is asked for missing events
     * @return the histories; fails with a {@code ConfigException} that names the key
     */
    public static StoredHistory of(Settings settings, LocalChannels local, Refills refills) {
        StoredHistory histories = new StoredHistory(HistoryRule.of(settings), local, refills);
        local.keep(histories);
        return histories;
    }

    /**
     * Whether a group keeps history.
     *
     * @param group the group
     * @return whether a rule names it
     */
    public boolean keeps(GroupName group) {
        return rule(group).isPresent();
    }

    /**
     * How long the events of a group are kept.
     *
     * @param group the group
     * @return the time; empty for a group without history
     */
    public Optional<Duration> ttl(GroupName group) {
        return rule(group).map(HistoryRule::ttl);
    }

    /**
     * How many events of a group are kept.
     *
     * @param group the group
     * @return the number; 0 for a group without history
     */
    public int size(GroupName group) {
        return rule(group).map(HistoryRule::size).orElse(0);
    }

    private Optional<HistoryRule> rule(GroupName group) {
        for (HistoryRule rule : rules) {
            if (rule.matches(group.value())) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    /**
     * An event as the receivers of this node see it.
     *
     * @param group its group
     * @param event the event
     * @param at its position
     * @return a copy
     */
    public Event placed(GroupName group, Event event, Position at) {
        return local.stamped(group, event).at(at);
    }

    /**
     * Delivers an event to the group's members; those that are full are refilled when they have taken the others.
     *
     * @param group the group
     * @param excluded the name of a channel that does not receive it, or null
     * @param event the event, as of {@link #placed}
     * @param before the position before it
     */
    public void deliver(GroupName group, @Nullable String excluded, Event event, Position before) {
        local.deliverKept(group, excluded, event, before);
    }

    /**
     * Fails with {@link IllegalArgumentException} unless a channel can join groups of this node.
     *
     * @param channel the channel
     */
    public void require(Channel channel) {
        local.check(channel);
    }

    /**
     * Whether a channel that joins again may be given events: otherwise those of many earlier memberships of the group wait in it.
     *
     * @param group the group
     * @param channel the channel
     * @return whether it may
     */
    public boolean mayReplay(GroupName group, Channel channel) {
        return !channel.hasRejoinedOften(group);
    }

    /**
     * Makes a channel a member, perhaps again, and replays what it missed.
     *
     * @param group the group
     * @param channel the channel
     * @param missed the events, as of {@link #placed}, oldest first
     */
    public void join(GroupName group, Channel channel, List<Event> missed) {
        local.rejoin(group, channel, missed);
    }

    /**
     * Ends the gap of a channel.
     *
     * @param group the group
     * @param channel the channel
     * @param before the position before the first missing event
     * @param missing all missing events; empty if they are gone, which the channel's receiver finds among its events
     */
    public void refill(GroupName group, Channel channel, Position before, Optional<List<Event>> missing) {
        if (channel.endGap(group, before)) {
            missing.ifPresentOrElse(
                    events -> local.replay(channel, events), () -> channel.startGap(group, Position.NONE));
        }
    }

    @Override
    public boolean endGap(GroupName group, Channel channel, Position before) {
        if (before.equals(Position.NONE)) {
            return channel.endGap(group, before);
        }
        if (channel.hasGap(group)) {
            refills.refill(group, channel, before);
        }
        return false;
    }

    @Override
    public void emptied(String group) {
        // the store keeps its events
    }
}
