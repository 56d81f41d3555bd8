package org.pekkochannels.edge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.consumer.WorkerPool;

/**
 * The workers of one application. They take part in the system's CoordinatedShutdown: in the phase {@code service-stop}, after all
 * WebSockets have ended and before the databases close, each instance finishes its message and runs {@code stopped}. Thread-safe.
 */
public final class Workers {
    private static final SafeLog LOG = SafeLog.of(Workers.class);

    private final List<ActorRef<WorkerPool.Command>> pools = new ArrayList<>();
    private final Duration grace;

    private Workers(Duration grace) {
        this.grace = grace;
    }

    /** The owner of an instance's actor. */
    private record Instance(String path) implements ConsumerGuard.Owner {
        @Override
        public boolean isUndecided() {
            return false;
        }
    }

    /**
     * Starts the workers of an application. When it returns, messages to their names wait for the instances.
     *
     * @param system runs the workers
     * @param workers their names, each unique, and their factories
     * @throws UnsupportedOperationException if the system's channel layer has no channels with a chosen name
     */
    public static void start(ActorSystem<?> system, List<WorkerPool.Worker> workers) {
        if (workers.isEmpty()) {
            return;
        }
        Workers started =
                new Workers(HttpSettings.of(system.settings().config()).shutdownGrace());
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseServiceStop(), "channels-stop-workers", started::stop);
        workers.forEach(worker -> started.start(system, worker));
    }

    private synchronized void start(ActorSystem<?> system, WorkerPool.Worker worker) {
        ContainedFailures failures = ContainedFailures.of(system);
        Instance instance = new Instance(worker.path());
        WorkerPool.Place place = new WorkerPool.Place(
                Placement.contained(system),
                Placement.of(system).common(),
                behavior -> ConsumerGuard.around(behavior, failures, instance));
        pools.add(WorkerPool.start(system, worker, place));
        LOG.info("{}: {}", worker.path(), Counted.of(worker.instances(), "instance"));
    }

    private synchronized CompletionStage<Done> stop() {
        LOG.info(
                "stopping {}, within {} s (channels.http.shutdown-grace)",
                Counted.of(pools.size(), "worker"),
                grace.toSeconds());
        CompletableFuture<?>[] stops = pools.stream()
                .map(pool -> WorkerPool.stop(pool, grace).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(stops).thenApply(all -> Done.getInstance());
    }
}
