package org.pekkochannels.websocket;

import org.pekkochannels.settings.Settings;

/**
 * The sizes and numbers that bound a session. Immutable.
 *
 * @param maxMessageBytes the maximum size of a message from the client, inflated
 * @param maxFrames the maximum number of frames of a message
 * @param readAhead the size of undelivered messages at which reading pauses, in bytes
 * @param maxOutboundBytes the maximum number of unsent bytes for a peer that does not read
 */
public record SessionBounds(int maxMessageBytes, int maxFrames, int readAhead, int maxOutboundBytes) {
    private static final int GIBIBYTE = 1 << 30;

    static SessionBounds of(Settings section) {
        return new SessionBounds(
                section.bytes("max-message-bytes", 1, GIBIBYTE),
                section.integer("max-frames", 1, 1_000_000),
                section.bytes("read-ahead", 0, GIBIBYTE),
                section.bytes("max-outbound-bytes", 1024, GIBIBYTE));
    }
}
