package org.pekkochannels.layer;

/**
 * A presence was refused because it is over a bound; nothing was changed.
 *
 * <p>Has no stack trace, because a client may cause it repeatedly; the message has all details, but neither key nor meta. Immutable.
 */
public final class PresenceLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The bound. */
    private final Limit limit;
    /** The name of the group. */
    private final String group;
    /** The largest legal number. */
    private final int bound;

    /** What is bounded. */
    public enum Limit {
        /** The length of a key, which is 1 to 256 characters without unpaired surrogates. */
        KEY,
        /** The bytes of a meta as JSON, {@code channels.layer.presence.max-meta}. */
        META,
        /** The entries of a group, {@code channels.layer.presence.max-entries}. */
        GROUP,
        /** The entries of a connection, {@code channels.layer.presence.max-per-connection}. */
        CONNECTION
    }

    private PresenceLimitException(Limit limit, String group, int bound, String reason) {
        super("cannot enter the presence of group '" + group + "': " + reason, null, false, false);
        this.limit = limit;
        this.group = group;
        this.bound = bound;
    }

    static PresenceLimitException ofKey(String group, int length, int bound) {
        return new PresenceLimitException(
                Limit.KEY,
                group,
                bound,
                "the key must be 1 to " + bound + " characters without unpaired surrogates, was of " + length);
    }

    static PresenceLimitException ofMeta(String group, int bytes, int bound) {
        return new PresenceLimitException(
                Limit.META,
                group,
                bound,
                "its meta has " + bytes + " bytes of JSON, the bound is " + bound
                        + " (channels.layer.presence.max-meta); enter less, such as an id");
    }

    static PresenceLimitException ofGroup(String group, int bound) {
        return new PresenceLimitException(
                Limit.GROUP,
                group,
                bound,
                "it has the maximum of " + bound
                        + " entries (channels.layer.presence.max-entries); split the group, or raise the bound");
    }

    static PresenceLimitException ofConnection(String group, int bound) {
        return new PresenceLimitException(
                Limit.CONNECTION,
                group,
                bound,
                "the connection has the maximum of " + bound
                        + " entries (channels.layer.presence.max-per-connection); leave(..) those that it no longer"
                        + " needs, or raise the bound");
    }

    /**
     * What is over its bound.
     *
     * @return the bound's kind
     */
    public Limit limit() {
        return limit;
    }

    /**
     * The group that was not entered.
     *
     * @return its name
     */
    public String group() {
        return group;
    }

    /**
     * The largest legal number of characters, bytes or entries.
     *
     * @return the number
     */
    public int bound() {
        return bound;
    }
}
