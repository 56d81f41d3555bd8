package org.pekkochannels.tracing;

import io.opentelemetry.api.OpenTelemetry;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.pekkochannels.tracing.span.OpenTelemetrySource;
import org.pekkochannels.tracing.span.Tracing;

/** Sets the OpenTelemetry instance of an actor system. Not needed for the global instance, which is used automatically. Thread-safe. */
public final class ChannelsTracing {
    private ChannelsTracing() {}

    /**
     * Traces the system's calls with {@code openTelemetry} from now on.
     *
     * @param system a typed or classic actor system
     * @param openTelemetry creates the spans
     * @throws IllegalStateException if {@code channels.tracing.enabled} is off
     */
    public static void use(ClassicActorSystemProvider system, OpenTelemetry openTelemetry) {
        if (Tracing.of(system).source() instanceof OpenTelemetrySource open) {
            open.use(openTelemetry);
        } else {
            throw new IllegalStateException("tracing is disabled: channels.tracing.enabled is off; set it to on");
        }
    }
}
