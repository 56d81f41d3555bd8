package org.pekkochannels.tracing.span;

import java.util.Map;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.pekkochannels.settings.Settings;

/** The tracing of one actor system's calls. Thread-safe. */
public final class Tracing implements Extension {
    private static final boolean HAS_OPEN_TELEMETRY = isPresent("io.opentelemetry.api.OpenTelemetry");

    private final Source source;

    private Tracing(Source source) {
        this.source = source;
    }

    /** Creates the tracers. */
    @FunctionalInterface
    public interface Source {
        Source NONE = (span, attributes) -> CallTracer.NONE;

        /** The number of failures. */
        default long failures() {
            return 0;
        }

        CallTracer tracer(String span, Map<String, ?> attributes);
    }

    /**
     * The tracing of an actor system, configured by {@code channels.tracing}.
     *
     * @param system a typed or classic actor system
     * @return its tracing; fails with a {@code ConfigException} naming the key if the configuration is invalid
     */
    public static Tracing of(ClassicActorSystemProvider system) {
        return Id.INSTANCE.get(system);
    }

    /**
     * A tracer for calls to a service outside this process.
     *
     * @param span the name of the spans
     * @param attributes attributes of all spans: texts and whole numbers by OpenTelemetry's names
     * @return the tracer; {@link CallTracer#NONE} if tracing is disabled
     */
    public CallTracer calls(String span, Map<String, ?> attributes) {
        return source.tracer(span, attributes);
    }

    /**
     * The number of failures of a tracer or a span; the traced calls continued.
     *
     * @return the number
     */
    public long failures() {
        return source.failures();
    }

    public Source source() {
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
