package org.pekkochannels.layer;

/**
 * What one node's part of a channel layer has and has done; immutable.
 *
 * <p>Every event that came for a channel is in the end counted once: delivered, full, expired or unknown.
 *
 * @param channels open channels
 * @param groups groups with members
 * @param members memberships of all groups together
 * @param sent events sent, to a channel or to a group, each counted once
 * @param delivered events that receivers have taken
 * @param full events dropped because a channel was full, or because too many were on their way
 * @param expired events that waited in a channel for too long
 * @param unknown events for a channel that did not exist, or that was closed before it took them
 */
public record LayerStats(
        int channels, int groups, int members, long sent, long delivered, long full, long expired, long unknown) {}
