package org.pekkochannels.consumer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.metrics.ChannelsMetrics;

/** An actor system whose warnings, errors and counters a test looks at. */
abstract class FailureTestSystem extends ConsumerTestSystem {
    final RecordedLog log = new RecordedLog("org.pekkochannels.consumer");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Override
    String extraConfig() {
        return "channels.metrics.global-registry = off";
    }

    @BeforeEach
    void measure() {
        ConsumerRuntime.get(kit.system());
        new ChannelsMetrics(kit.system()).bindTo(registry);
    }

    @AfterEach
    void endLog() {
        log.close();
    }

    final double count(String measure) {
        return registry.get(measure).functionCounter().count();
    }
}
