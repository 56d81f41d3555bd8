package org.pekkochannels.layer;

/**
 * The current state and the counters of one node's part of a channel layer. Immutable.
 *
 * <p>Every event that arrived for a channel is eventually counted once: delivered, full, expired or unknown.
 *
 * @param channels open channels
 * @param groups groups with members
 * @param members memberships of all groups together
 * @param sent events sent, to a channel or to a group, each counted once
 * @param delivered events that receivers have taken
 * @param full events dropped because a channel was full, or because too many were on the way to channels
 * @param expired events that waited in a channel for too long
 * @param unknown events for a channel that did not exist, or that was closed before it took them
 */
public record LayerStats(
        int channels, int groups, int members, long sent, long delivered, long full, long expired, long unknown) {}
