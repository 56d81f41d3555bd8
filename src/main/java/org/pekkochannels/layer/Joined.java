package org.pekkochannels.layer;

/**
 * The outcome of joining a group with a position. Immutable.
 *
 * @param position the one before the first event that will be delivered: the position given if it was recovered, otherwise the newest;
 *     {@link Position#NONE} if the group keeps no history
 * @param recovered whether the events after the position given are delivered, all of them, before later ones; if not, none of them is, and
 *     the receiver loads its state
 */
public record Joined(Position position, boolean recovered) {}
