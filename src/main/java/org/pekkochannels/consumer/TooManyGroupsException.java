package org.pekkochannels.consumer;

import org.pekkochannels.concurrent.Counted;

/**
 * A consumer is in {@code channels.consumer.max-groups} groups, the maximum, and did not join another.
 *
 * <p>Has no stack trace, because a client may cause it repeatedly; the message has all details. Immutable.
 */
public final class TooManyGroupsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The name of the group that was not joined. */
    private final String group;
    /** The maximum number of groups of a consumer. */
    private final int maxGroups;

    TooManyGroupsException(String group, int maxGroups) {
        super(
                "cannot join group '" + group + "': the consumer is in " + Counted.of(maxGroups, "group")
                        + " (channels.consumer.max-groups); discard() those that it no longer needs, or raise the"
                        + " bound",
                null,
                false,
                false);
        this.group = group;
        this.maxGroups = maxGroups;
    }

    /**
     * The group that was not joined.
     *
     * @return its name
     */
    public String group() {
        return group;
    }

    /**
     * The maximum number of groups of a consumer.
     *
     * @return the number
     */
    public int maxGroups() {
        return maxGroups;
    }
}
