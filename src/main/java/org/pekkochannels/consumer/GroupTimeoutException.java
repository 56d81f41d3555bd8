package org.pekkochannels.consumer;

/**
 * The channel layer did not answer in time when a callback of a {@link SyncWebSocketConsumer} joined or left a group. Whether the consumer
 * is a member is unknown until the connection ends, which removes it. Unhandled it closes with 1013, or refuses with status 503 before the
 * acceptance.
 *
 * <p>Has no stack trace, because it is thrown while an engine is down; the message has all details. Immutable.
 */
public final class GroupTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The name of the group. */
    private final String group;

    GroupTimeoutException(String group, Class<?> layer, String limit) {
        super(
                "group '" + group + "': the channel layer " + layer.getName() + " (channels.layer.type) " + limit
                        + "; the callback ends, because it occupies a database thread; check whether the layer's engine is reachable",
                null,
                false,
                false);
        this.group = group;
    }

    /**
     * The group to join or leave.
     *
     * @return its name
     */
    public String group() {
        return group;
    }
}
