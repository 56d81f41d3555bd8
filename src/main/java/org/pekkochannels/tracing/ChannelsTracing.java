package org.pekkochannels.tracing;

import io.opentelemetry.api.OpenTelemetry;
import org.apache.pekko.actor.ClassicActorSystemProvider;

/**
 * Hands an actor system an OpenTelemetry of the application's own; one that is the global instance is used by itself.
 * Thread-safe.
 */
public final class ChannelsTracing {
    private ChannelsTracing() {}

    /**
     * Traces the system's calls with {@code openTelemetry} from now on.
     *
     * @param system a typed or classic actor system
     * @param openTelemetry makes the spans
     * @throws IllegalStateException when {@code channels.tracing.enabled} is off
     */
    public static void use(ClassicActorSystemProvider system, OpenTelemetry openTelemetry) {
        if (Tracing.of(system).source() instanceof OpenTelemetrySource open) {
            open.use(openTelemetry);
        } else {
            throw new IllegalStateException("nothing is traced: channels.tracing.enabled is off; set it to on");
        }
    }
}
