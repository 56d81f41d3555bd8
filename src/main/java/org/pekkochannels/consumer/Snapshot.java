package org.pekkochannels.consumer;

import org.pekkochannels.layer.Position;

/**
 * The state of a group's subject, as {@code addWith(..)} has read it. Immutable if its state is.
 *
 * @param state what the function returned
 * @param position the position before the first event that the consumer will handle; {@link Position#NONE} if the group keeps no history
 * @param <T> the type of the state
 */
public record Snapshot<T>(T state, Position position) {}
