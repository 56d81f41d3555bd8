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
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.concurrent.RunningTurn;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.ThreadStack;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.concurrent.TurnThread;
import org.pekkochannels.concurrent.Watchdog;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;

/** Warns of turns that occupy their thread for too long, and of callbacks whose stage does not complete. Thread-safe. */
final class ConsumerWatch {
    private static final SafeLog LOG = SafeLog.of(ConsumerWatch.class);

    // Checked once a second.
    private static final Duration LOST = Duration.ofSeconds(4);

    // Thousands of callbacks may wait for the same cause; the first few lines are enough.
    private static final int MOST_LINES = 10;

    private final ConsumerSettings settings;
    private final Executor logging;
    private final Ticker ticker;
    private final LongAdder heldTurns = new LongAdder();
    private final LongAdder lateStages = new LongAdder();
    // Keyed by the class of the factory, because the consumer's class is unknown while it is constructed.
    private final Map<Class<?>, Long> watchedFrom = new ConcurrentHashMap<>();
    // Only consumers whose callback's stage is awaited, so that an idle connection costs nothing here.
    private final Set<Callbacks> waiting = ConcurrentHashMap.newKeySet();

    ConsumerWatch(ActorSystem system, ConsumerSettings settings) {
        this.settings = settings;
        this.ticker = TimeSource.of(system).ticker();
        // The default dispatcher may be the one that is blocked, and logging may block.
        this.logging = system.dispatchers().lookup(Dispatchers.DefaultBlockingDispatcherId());
        settings.turnWarning()
                .ifPresent(bound -> Watchdog.start(system, bound, TurnThread::all, this::turn, this::onHeldTurns));
        settings.stageWarning()
                .ifPresent(
                        bound -> Watchdog.start(system, bound, () -> waiting, Callbacks::running, this::onLateStages));
        Watchdog.every(system, LOST, () -> waiting.forEach(ConsumerWatch::settle));
    }

    /** Catches everything: the scheduler drops a task that throws, and a stage may be of the application's class. */
    private static void settle(Callbacks callbacks) {
        try {
            callbacks.settleIfComplete();
        } catch (Throwable failure) {
            LOG.debug("cannot check whether a callback's stage is complete", failure);
        }
    }

    /**
     * The time from which the turns of a factory's consumers are watched: {@code warm-up} after its first connection, because the JVM loads
     * their classes before.
     */
    long watchedFrom(Object factory) {
        return watchedFrom.computeIfAbsent(
                factory.getClass(), first -> now() + settings.warmUp().toNanos());
    }

    /** The ticker's value. */
    long now() {
        return ticker.read();
    }

    /** Starts watching a consumer whose callback in progress is awaited. */
    void add(Callbacks callbacks) {
        waiting.add(callbacks);
    }

    /** Stops watching it. */
    void remove(Callbacks callbacks) {
        waiting.remove(callbacks);
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Describes the callbacks whose stage is awaited. */
    List<String> waiting() {
        return waiting.stream().map(Callbacks::description).sorted().toList();
    }

    void showIn(Meters meters) {
        meters.counter(
                Measure.of(
                        "channels.consumer.held",
                        "turns",
                        "Turns that occupied their thread longer than turn-warning."),
                heldTurns::sum);
        meters.counter(
                Measure.of("channels.consumer.late", "callbacks", "Callbacks not complete within stage-warning."),
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
        threads.forEach(thread -> thread.turn().ifPresent(turn -> onHeldTurn(turn, new ThreadStack(thread.thread()))));
    }

    private void onHeldTurn(RunningTurn turn, ThreadStack stack) {
        // The JVM loads a class once, and no application can change that.
        if (turn instanceof TurnExecutor one && !stack.isLoadingAClass()) {
            heldTurns.increment();
            String description = turn.description();
            logging.execute(() -> one.log(() -> logHeldTurn(description, stack)));
        }
    }

    private void logHeldTurn(String description, ThreadStack stack) {
        LOG.warn(
                "{} has occupied its thread for {} ms (channels.consumer.turn-warning), which delays all other actors on that"
                        + " thread; use database().withHandle(..) for database work, onTurn(..) for stages of other code, or"
                        + " extend SyncWebSocketConsumer",
                description,
                settings.turnWarning().orElseThrow().toMillis(),
                stack);
    }

    private void onLateStages(List<Callbacks> late) {
        lateStages.add(late.size());
        List<Runnable> lines =
                late.stream().limit(MOST_LINES).map(this::lateStage).toList();
        logging.execute(() -> logLateStages(lines, late.size() - lines.size()));
    }

    /** The line of a callback that is late now. */
    private Runnable lateStage(Callbacks late) {
        String description = late.description();
        return () -> late.log(() -> logLateStage(description));
    }

    private void logLateStage(String description) {
        LOG.warn(
                "{} has not completed after {} ms (channels.consumer.stage-warning), and its consumer handles no other"
                        + " event meanwhile; complete the stage that it returned, or bound it with orTimeout(..); in a"
                        + " blocking consumer, shorten its work, or bound its statements with"
                        + " channels.database.statement-timeout",
                description,
                settings.stageWarning().orElseThrow().toMillis());
    }

    private void logLateStages(List<Runnable> lines, int more) {
        lines.forEach(Runnable::run);
        if (more > 0) {
            LOG.warn("{} still pending after the same time", Counted.of(more, "more callback"));
        }
    }
}
