package org.pekkochannels.layer;

/**
 * An event was larger than {@code channels.layer.max-event}, and was not sent.
 *
 * <p>Has no stack trace, because a client may cause it repeatedly; the message has all details. Immutable.
 */
public final class EventTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The size of the payload, in bytes. */
    private final int size;
    /** The bound, in bytes. */
    private final int max;

    EventTooLargeException(Event event, int max) {
        super(
                "event of type '" + event.type() + "' is too large: its payload has " + event.size() + " bytes of JSON,"
                        + " and the most is " + max + " (channels.layer.max-event); store large values, and send where"
                        + " they are",
                null,
                false,
                false);
        this.size = event.size();
        this.max = max;
    }

    /**
     * Checks the size of an event; for channel layers.
     *
     * @param event the event that is sent
     * @param max the most bytes of its payload
     * @return the event
     * @throws EventTooLargeException if the payload has more bytes
     */
    public static Event require(Event event, int max) {
        if (event.size() > max) {
            throw new EventTooLargeException(event, max);
        }
        return event;
    }

    /**
     * The size of the payload.
     *
     * @return bytes of JSON
     */
    public int size() {
        return size;
    }

    /**
     * The bound.
     *
     * @return bytes
     */
    public int max() {
        return max;
    }
}
