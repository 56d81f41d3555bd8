package org.pekkochannels.consumer;

/**
 * The channel layer did not answer in time when a callback of a {@link SyncWebSocketConsumer} joined or left a group. Whether the
 * consumer is a member is unknown until the connection ends, when it is none. Unhandled it closes with 1013, before the acceptance
 * with status 503.
 *
 * <p>Has no stack trace, as it is thrown where an engine is down; its message says everything. Immutable.
 */
public final class GroupTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The name of the group. */
    private final String group;

    GroupTimeoutException(String group, Class<?> layer, String limit) {
        super(
                "group '" + group + "': the channel layer " + layer.getName() + " (channels.layer.type) " + limit
                        + "; the callback ends, as it holds a database thread; see whether the layer's engine is reachable",
                null,
                false,
                false);
        this.group = group;
    }

    /**
     * The group that was to be joined or left.
     *
     * @return its name
     */
    public String group() {
        return group;
    }
}
