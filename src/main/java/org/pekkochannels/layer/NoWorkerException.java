package org.pekkochannels.layer;

/**
 * A named channel had no receiver on any node, so the event was dropped and counted.
 *
 * <p>Has no stack trace: it may be thrown for each event, and the message has all details. Immutable.
 */
public final class NoWorkerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The channel's name. */
    private final String channel;

    NoWorkerException(String channel) {
        super(
                "channel '" + channel + "' has no worker, and the event was dropped; start one with"
                        + " Channels.worker(\"" + channel + "\", ..) on at least one node, or correct the name",
                null,
                false,
                false);
        this.channel = channel;
    }

    /**
     * The channel without a receiver.
     *
     * @return its name
     */
    public String channel() {
        return channel;
    }
}
