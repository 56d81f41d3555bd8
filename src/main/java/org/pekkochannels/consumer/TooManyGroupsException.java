package org.pekkochannels.consumer;

/**
 * A consumer is in as many groups as {@code channels.consumer.max-groups} allows; it did not join one more.
 *
 * <p>Has no stack trace, as a client may cause it again and again; its message says everything. Immutable.
 */
public final class TooManyGroupsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The name of the group that was not joined. */
    private final String group;
    /** How many groups a consumer may be in. */
    private final int maxGroups;

    TooManyGroupsException(String group, int maxGroups) {
        super(
                "cannot join group '" + group + "': the consumer is in " + maxGroups
                        + " groups (channels.consumer.max-groups); discard() those that it no longer needs, or raise the"
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
     * How many groups a consumer may be in.
     *
     * @return the number
     */
    public int maxGroups() {
        return maxGroups;
    }
}
