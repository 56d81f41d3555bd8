package org.pekkochannels.tracing;

import java.util.Map;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.pekkochannels.settings.Settings;

/** How the calls of one actor system are traced; thread-safe. */
public final class Tracing implements Extension {
    private static final boolean HAS_OPEN_TELEMETRY = isPresent("io.opentelemetry.api.OpenTelemetry");

    private final Source source;

    private Tracing(Source source) {
        this.source = source;
    }

    /** Makes the tracers. */
    @FunctionalInterface
    interface Source {
        Source NONE = (span, attributes) -> CallTracer.NONE;

        /** How often it failed. */
        default long failures() {
            return 0;
        }

        CallTracer tracer(String span, Map<String, ?> attributes);
    }

    /**
     * The tracing of an actor system, as {@code channels.tracing} says.
     *
     * @param system a typed or classic actor system
     * @return its tracing; fails with a {@code ConfigException} naming the key when the configuration is bad
     */
    public static Tracing of(ClassicActorSystemProvider system) {
        return Id.INSTANCE.get(system);
    }

    /**
     * What traces calls to something outside of this process.
     *
     * @param span what the spans are called
     * @param attributes what all of them say: texts and whole numbers by OpenTelemetry's names
     * @return the tracer; {@link CallTracer#NONE} where nothing is traced
     */
    public CallTracer calls(String span, Map<String, ?> attributes) {
        return source.tracer(span, attributes);
    }

    /**
     * How often a tracer or a span threw; what it traced went on.
     *
     * @return the number
     */
    public long failures() {
        return source.failures();
    }

    Source source() {
        return source;
    }

    static boolean isPresent(String type) {
        try {
            Class.forName(type, false, Tracing.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    private static final class Id extends AbstractExtensionId<Tracing> {
        static final Id INSTANCE = new Id();

        @Override
        public Tracing createExtension(ExtendedActorSystem system) {
            Settings settings = Settings.of(system.settings().config(), "channels.tracing");
            boolean enabled = settings.flag("enabled");
            return new Tracing(enabled && HAS_OPEN_TELEMETRY ? new OpenTelemetrySource() : Source.NONE);
        }
    }
}
