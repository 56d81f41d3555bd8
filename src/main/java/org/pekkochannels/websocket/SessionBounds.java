package org.pekkochannels.websocket;

import org.pekkochannels.settings.Settings;

/**
 * The sizes and numbers that bound a session; immutable.
 *
 * @param maxMessageBytes the largest message a client may send, inflated
 * @param maxFrames the most fragments a client may send a message in
 * @param readAhead how many bytes of undelivered messages stop the reading
 * @param maxOutboundBytes how many unsent bytes a peer that does not read may cause
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
