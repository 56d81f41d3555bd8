package org.pekkochannels.consumer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.Dispatchers;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.ThreadStack;
import org.pekkochannels.concurrent.TurnThread;
import org.pekkochannels.concurrent.Watchdog;
import org.pekkochannels.metrics.Measure;
import org.pekkochannels.metrics.Meters;

/** Warns of turns that hold their thread for long, and of callbacks whose stage does not complete; thread-safe. */
final class ConsumerWatch {
    private static final SafeLog LOG = SafeLog.of(ConsumerWatch.class);

    // Their looks come once a second.
    private static final Duration LOST = Duration.ofSeconds(4);

    // Of thousands that wait for the same thing, the first few tell it all.
    private static final int MOST_LINES = 10;

    private final ConsumerSettings settings;
    private final Executor logging;
    private final LongAdder heldTurns = new LongAdder();
    private final LongAdder lateStages = new LongAdder();
    // By the class of the factory: the consumer's own is not known while it is made.
    private final Map<Class<?>, Long> watchedFrom = new ConcurrentHashMap<>();
    // Only those whose callback's stage is awaited: a connection that rests costs nothing here.
    private final Set<Callbacks> waiting = ConcurrentHashMap.newKeySet();

    ConsumerWatch(ActorSystem system, ConsumerSettings settings) {
        this.settings = settings;
        // The default dispatcher may be what is stuck, and a log may block.
        this.logging = system.dispatchers().lookup(Dispatchers.DefaultBlockingDispatcherId());
        settings.turnWarning()
                .ifPresent(bound -> Watchdog.start(system, bound, TurnThread::all, this::turn, this::onHeldTurns));
        settings.stageWarning()
                .ifPresent(
                        bound -> Watchdog.start(system, bound, () -> waiting, Callbacks::running, this::onLateStages));
        Watchdog.every(system, LOST, () -> waiting.forEach(ConsumerWatch::settle));
    }

    /** The scheduler gives up a task that throws, and a stage may be of the application's code. */
    private static void settle(Callbacks callbacks) {
        try {
            callbacks.settleIfComplete();
        } catch (Throwable failure) {
            LOG.debug("a callback's stage does not tell whether it is complete", failure);
        }
    }

    /**
     * From when on the turns of a factory's consumers are watched: not before its first connection is {@code warm-up} old,
     * as the JVM then loads their classes.
     */
    long watchedFrom(Object factory) {
        return watchedFrom.computeIfAbsent(
                factory.getClass(),
                first -> System.nanoTime() + settings.warmUp().toNanos());
    }

    /** Watches a consumer whose callback in progress is awaited. */
    void add(Callbacks callbacks) {
        waiting.add(callbacks);
    }

    /** Watches it no more. */
    void remove(Callbacks callbacks) {
        waiting.remove(callbacks);
    }

    void showIn(Meters meters) {
        meters.counter(
                Measure.of("channels.consumer.held", "turns", "Turns that held their thread longer than turn-warning."),
                heldTurns::sum);
        meters.counter(
                Measure.of("channels.consumer.late", "callbacks", "Callbacks not over within stage-warning."),
                lateStages::sum);
    }

    ConsumerStats stats() {
        return new ConsumerStats(heldTurns.sum(), lateStages.sum());
    }

    private Optional<Long> turn(TurnThread thread) {
        return thread.turn()
                .filter(turn -> turn instanceof TurnExecutor one && one.isWatchedBy(this))
                .map(turn -> thread.turnNumber());
    }

    private void onHeldTurns(List<TurnThread> threads) {
        threads.forEach(thread -> thread.turn().ifPresent(turn -> {
            heldTurns.increment();
            String description = turn.description();
            ThreadStack stack = new ThreadStack(thread.thread());
            logging.execute(() -> logHeldTurn(description, stack));
        }));
    }

    private void logHeldTurn(String description, ThreadStack stack) {
        LOG.warn(
                "{} has held its thread for {} ms (channels.consumer.turn-warning), and whoever else runs on it waits;"
                        + " let database().withHandle(..) do database work, onTurn(..) bring what others compute, or"
                        + " extend SyncWebSocketConsumer",
                description,
                settings.turnWarning().orElseThrow().toMillis(),
                stack);
    }

    private void onLateStages(List<Callbacks> late) {
        lateStages.add(late.size());
        List<String> descriptions =
                late.stream().limit(MOST_LINES).map(Callbacks::description).toList();
        logging.execute(() -> logLateStages(descriptions, late.size() - descriptions.size()));
    }

    private void logLateStages(List<String> descriptions, int more) {
        descriptions.forEach(description -> LOG.warn(
                "{} is not over after {} ms (channels.consumer.stage-warning), and its consumer handles nothing else"
                        + " meanwhile; complete the stage that it returned, or bound it with orTimeout(..);"
                        + " where it is a blocking one, shorten its work, or bound its statements with"
                        + " channels.database.statement-timeout",
                description,
                settings.stageWarning().orElseThrow().toMillis()));
        if (more > 0) {
            LOG.warn("{} more callbacks are not over after as long", more);
        }
    }
}
