package org.pekkochannels.websocket;

import java.util.Map;

/**
 * The counters of one server's sessions since its start. An immutable snapshot; the numbers are not read atomically.
 *
 * @param opened connections that were attached after their 101
 * @param closed of those, the ones whose consumer was notified of their end, by close code
 * @param messagesIn messages received from clients
 * @param messagesOut messages written to sockets; queued messages, and those dropped while queued, are not included
 * @param bytesIn bytes received from clients, including framing, after the upgrade
 * @param bytesOut bytes of {@code messagesOut}, including framing
 * @param dropped messages sent to a connection that had ended
 * @param shed messages dropped by the policy {@code slow-reader}
 * @param replaced messages of {@code relayLatest} that a newer one of their key replaced before they were written
 * @param crossed the number of times each limit was exceeded
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
        long replaced,
        Map<Limit, Long> crossed) {

    /**
     * Copies the maps.
     *
     * @param opened attached connections
     * @param closed connections that ended, by close code
     * @param messagesIn messages received
     * @param messagesOut messages sent
     * @param bytesIn bytes received
     * @param bytesOut bytes sent
     * @param dropped messages sent after the end
     * @param shed messages dropped by the policy
     * @param replaced messages replaced by newer ones
     * @param crossed the number of times each limit was exceeded
     */
    public WebSocketStats {
        closed = Map.copyOf(closed);
        crossed = Map.copyOf(crossed);
    }

    /**
     * The number of times a limit was exceeded.
     *
     * @param limit the limit
     * @return the number
     */
    public long crossed(Limit limit) {
        return crossed.getOrDefault(limit, 0L);
    }

    /**
     * The number of connections that ended with a close code.
     *
     * @param code the code
     * @return the number
     */
    public long closed(int code) {
        return closed.getOrDefault(code, 0L);
    }
}
