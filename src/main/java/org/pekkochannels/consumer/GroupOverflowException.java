package org.pekkochannels.consumer;

import org.pekkochannels.concurrent.Counted;

/**
 * Twice, more events arrived while {@code addWith(..)} read the state of a group than may wait for a consumer. The consumer is not a member
 * of the group. Unhandled it closes with 1013, or refuses with status 503 before the acceptance.
 *
 * <p>Has no stack trace: it is thrown under load, and the message has all details. Immutable.
 */
public final class GroupOverflowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The name of the group. */
    private final String group;

    GroupOverflowException(String group, int capacity) {
        super(
                "could not join group '" + group + "' with its state: while the state was read, more than "
                        + Counted.of(capacity, "event")
                        + " arrived (channels.layer.capacity, capacity-bytes), twice; make"
                        + " the query faster, or raise the bound",
                null,
                false,
                false);
        this.group = group;
    }

    /**
     * The group that was not joined.
     *
     * @return its name
     */
    public String group() {
        return group;
    }
}
