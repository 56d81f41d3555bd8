package org.pekkochannels.layer;

import org.pekkochannels.concurrent.Counted;

/**
 * A channel, or the queue in front of it, was full; the event was dropped.
 *
 * <p>Has no stack trace: it is thrown under load, and the message has all details. Immutable.
 */
public final class ChannelFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The channel's name. */
    private final String channel;
    /** How many events may wait in the channel or in front of it. */
    private final int capacity;

    /** The bound that was crossed is not known afterwards, so the message has both. */
    static ChannelFullException of(String channel, ChannelBounds bounds) {
        return new ChannelFullException(
                channel,
                bounds.capacity(),
                "channel '" + channel + "' is full: " + Counted.of(bounds.capacity(), "event")
                        + (bounds.capacity() == 1 ? " waits" : " wait") + " (channels.layer.capacity), or "
                        + Counted.of(bounds.capacityBytes(), "byte")
                        + " do (channels.layer.capacity-bytes); send less or make its receiver faster");
    }

    private ChannelFullException(String channel, int capacity, String message) {
        super(message, null, false, false);
        this.channel = channel;
        this.capacity = capacity;
    }

    /** The event did not reach the channel or group, because too many events of the sender's event loop are not delivered yet. */
    static ChannelFullException onTheWay(String channel, int most) {
        return new ChannelFullException(
                channel,
                most,
                "event for '" + channel + "' was dropped: " + Counted.of(most, "event")
                        + " of its sender's event loop " + (most == 1 ? "is" : "are")
                        + " not delivered yet; send the next one when the stage of"
                        + " the one before has completed");
    }

    /**
     * The channel that is full, or the group with history that was not sent to.
     *
     * @return its name
     */
    public String channel() {
        return channel;
    }

    /**
     * How many events may wait in the channel or in front of it.
     *
     * @return the number
     */
    public int capacity() {
        return capacity;
    }
}
