package org.pekkochannels.dev;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.ExtensionIdProvider;

/**
 * The actor systems that the application has started: an extension that every one of them loads, see {@link Resources}. The class is public
 * for Pekko only. Thread-safe.
 */
public final class ActorSystems extends AbstractExtensionId<ActorSystems.Running> implements ExtensionIdProvider {
    private static final List<ActorSystem> RUNNING = new CopyOnWriteArrayList<>();

    /** Called by Pekko. */
    public ActorSystems() {}

    /** Nothing: its creation is what counts. */
    public static final class Running implements Extension {
        private Running() {}
    }

    /** Why the systems stop. */
    static final class Restart implements CoordinatedShutdown.Reason {
        @Override
        public String toString() {
            return "restart by the development server";
        }
    }

    @Override
    public Running createExtension(ExtendedActorSystem system) {
        RUNNING.add(system);
        system.registerOnTermination(() -> RUNNING.remove(system));
        return new Running();
    }

    @Override
    public ActorSystems lookup() {
        return this;
    }

    /** Stops all of them in order, and waits; WebSockets are closed with 1012. Fails if one does not stop in time. */
    static void stop(int seconds) throws Exception {
        CompletableFuture<?>[] stops = RUNNING.stream().map(ActorSystems::stop).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(stops).get(seconds, TimeUnit.SECONDS);
    }

    private static CompletableFuture<Done> stop(ActorSystem system) {
        return CoordinatedShutdown.get(system)
                .runAll(new Restart())
                .thenCompose(done -> system.getWhenTerminated())
                .thenApply(terminated -> Done.getInstance())
                .toCompletableFuture();
    }
}
