package org.pekkochannels.websocket.codec;

import org.pekkochannels.settings.Settings;

/**
 * The section {@code channels.websocket.compression} of the configuration, where each key is explained. Immutable.
 *
 * @param enabled whether a client's offer of permessage-deflate is accepted
 * @param thresholdBytes messages of fewer bytes are sent uncompressed
 * @param level from 1, fast, to 9, small
 */
public record CompressionSettings(boolean enabled, int thresholdBytes, int level) {
    private static final int GIBIBYTE = 1 << 30;

    public static CompressionSettings of(Settings section) {
        return new CompressionSettings(
                section.flag("compression.enabled"),
                section.bytes("compression.threshold", 0, GIBIBYTE),
                section.integer("compression.level", 1, 9));
    }
}
