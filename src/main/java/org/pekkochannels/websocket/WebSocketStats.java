package org.pekkochannels.websocket;

import java.util.Map;

/**
 * What the sessions of one server have counted since its start; an immutable snapshot, not taken at one instant.
 *
 * @param opened connections that came after their 101
 * @param closed of those, the ones whose consumer was told their end, by close code
 * @param messagesIn messages that clients sent
 * @param messagesOut messages that were written to the sockets; those that wait, or were shed or dropped while they
 *     waited, are not among them
 * @param bytesIn bytes that clients sent, framing included, after the upgrade
 * @param bytesOut bytes of messages, framing included, of {@code messagesOut}
 * @param dropped messages that were sent to a connection that had ended
 * @param shed messages that the policy {@code slow-reader} dropped
 * @param crossed how often each limit was crossed
 */
public record WebSocketStats(
        long opened,
        Map<Integer, Long> closed,
        long messagesIn,
        long messagesOut,
        long bytesIn,
        long bytesOut,
        long dropped,
        long shed,
        Map<Limit, Long> crossed) {

    /**
     * Copies the maps.
     *
     * @param opened connections that came
     * @param closed connections that ended, by close code
     * @param messagesIn messages received
     * @param messagesOut messages sent
     * @param bytesIn bytes received
     * @param bytesOut bytes sent
     * @param dropped messages sent in vain
     * @param shed messages dropped by policy
     * @param crossed how often each limit was crossed
     */
    public WebSocketStats {
        closed = Map.copyOf(closed);
        crossed = Map.copyOf(crossed);
    }

    /**
     * How often a limit was crossed.
     *
     * @param limit the limit
     * @return the number
     */
    public long crossed(Limit limit) {
        return crossed.getOrDefault(limit, 0L);
    }

    /**
     * How many connections ended with a close code.
     *
     * @param code the code
     * @return the number
     */
    public long closed(int code) {
        return closed.getOrDefault(code, 0L);
    }
}
