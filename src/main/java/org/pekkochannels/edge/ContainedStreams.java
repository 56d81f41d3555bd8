package org.pekkochannels.edge;

import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.ActorMaterializer;
import org.apache.pekko.stream.ActorMaterializerSettings;
import org.apache.pekko.stream.Materializer;
import org.pekkochannels.edge.ContainedFailures.Place;

/**
 * Runs the streams of connections and pages, so that a failing stage ends only its own stream. Pekko's streams survive exceptions only; a
 * {@code LinkageError}, for example, reaches the dispatcher and ends the JVM.
 *
 * <p>The streams run on the threads of the dispatcher that {@code pekko.stream.materializer.dispatcher} names, by default Pekko's default
 * dispatcher, see {@link ContainedDispatcher}. Blocking stages, such as that of {@code StreamConverters.fromInputStream}, run on the
 * dispatcher for blocking work. One instance per actor system; thread-safe.
 */
public final class ContainedStreams implements Extension {
    // Pekko's blocking stages name this dispatcher themselves, whatever the materializer's settings are.
    private static final String BLOCKING = ActorAttributes.IODispatcher().dispatcher();

    private final Materializer materializer;

    @SuppressWarnings("deprecation") // What replaces it sets the dispatcher for single streams only.
    private ContainedStreams(ExtendedActorSystem system) {
        ActorMaterializerSettings settings = ActorMaterializerSettings.create(system);
        String dispatcher = ContainedDispatcher.over(system, settings.dispatcher(), Place.PAGE);
        ActorMaterializer made = ActorMaterializer.create(settings.withDispatcher(dispatcher), system);
        ContainedDispatcher.inPlaceOf(system, BLOCKING, made.supervisor(), Place.PAGE);
        this.materializer = made;
    }

    /**
     * The materializer of an actor system's contained streams.
     *
     * @param system a typed or classic actor system
     * @return always the same; it ends with the system
     */
    public static Materializer of(ClassicActorSystemProvider system) {
        return Id.INSTANCE.get(system).materializer;
    }

    private static final class Id extends AbstractExtensionId<ContainedStreams> {
        static final Id INSTANCE = new Id();

        @Override
        public ContainedStreams createExtension(ExtendedActorSystem system) {
            return new ContainedStreams(system);
        }
    }
}
