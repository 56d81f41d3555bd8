package org.pekkochannels.layer;

/**
 * A channel has as many events waiting as it may have; the event was dropped.
 *
 * <p>Has no stack trace: it is thrown under load, and its message says everything. Immutable.
 */
public final class ChannelFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The channel's name. */
    private final String channel;
    /** How many events may wait in it. */
    private final int capacity;

    ChannelFullException(String channel, int capacity) {
        super(
                "channel '" + channel + "' is full: " + capacity
                        + " events wait (channels.layer.capacity); send less or make its receiver faster",
                null,
                false,
                false);
        this.channel = channel;
        this.capacity = capacity;
    }

    /**
     * The channel that is full.
     *
     * @return its name
     */
    public String channel() {
        return channel;
    }

    /**
     * How many events may wait in it.
     *
     * @return the number
     */
    public int capacity() {
        return capacity;
    }
}
