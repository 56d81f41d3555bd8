package org.pekkochannels.layer;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Channels of a node without an actor system, for tests of layers. */
public final class TestChannels {
    private TestChannels() {}

    /** With a time between two reports of a presence, which tests wait for in real time. */
    public static LocalChannels open(int capacity, Duration expiry, LongSupplier clock, Duration presenceTick) {
        PresenceSettings byDefault = PresenceSettings.DEFAULT;
        return new LocalChannels(
                capacity,
                expiry,
                clock::getAsLong,
                new PresenceSettings(
                        presenceTick,
                        byDefault.grace(),
                        byDefault.maxMeta(),
                        byDefault.maxEntries(),
                        byDefault.maxPerConnection()),
                PresenceTicks.Scheduling.ofJvm());
    }
}
