package org.pekkochannels.websocket;

import com.typesafe.config.Config;
import org.pekkochannels.settings.Settings;

/**
 * The section {@code channels.websocket.compression} of the configuration, where each key is explained; immutable.
 *
 * @param enabled whether a client's offer of permessage-deflate is accepted
 * @param thresholdBytes messages of fewer bytes are sent as they are
 * @param level from 1, fast, to 9, small
 */
public record CompressionSettings(boolean enabled, int thresholdBytes, int level) {
    private static final int GIBIBYTE = 1 << 30;

    static CompressionSettings of(Config root) {
        Settings section = Settings.of(root, "channels.websocket.compression");
        return new CompressionSettings(
                section.flag("enabled"), section.bytes("threshold", 0, GIBIBYTE), section.integer("level", 1, 9));
    }
}
