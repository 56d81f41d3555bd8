package org.pekkochannels.layer;

/**
 * The current state and the counters of one node's part of a channel layer. Immutable.
 *
 * <p>Every event that arrived for a channel is eventually counted once more: as delivered, full, expired, superseded or unknown.
 *
 * @param channels open channels
 * @param groups groups with members
 * @param members memberships of all groups together
 * @param sent events sent, to a channel or to a group, each counted once
 * @param arrived events that arrived for a channel, each counted once per channel, replayed ones too
 * @param refilled those of them that were replayed from the history, to a channel that joined or had been full
 * @param delivered events that receivers have taken
 * @param full events dropped because a channel was full, or because too many were on the way to channels
 * @param expired events that waited in a channel for too long
 * @param superseded events dropped because their channel joined the group again, with a position or a state that covers them
 * @param unknown events for a channel that did not exist, or that was closed before it took them
 * @param lost events that never arrived at this node, as far as the layer knows
 * @param listenerFailures calls of listeners for gaps that threw
 */
public record LayerStats(
        int channels,
        int groups,
        int members,
        long sent,
        long arrived,
        long refilled,
        long delivered,
        long full,
        long expired,
        long superseded,
        long unknown,
        long lost,
        long listenerFailures) {}
