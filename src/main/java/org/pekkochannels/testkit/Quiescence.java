package org.pekkochannels.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.consumer.ConsumerActivity;

/**
 * Decides whether an application under test has nothing left to do: no executor has a task, no callback's stage is awaited, and no bytes
 * are on their way. Thread-safe.
 */
final class Quiescence {
    private static final int MOST_FRAMES = 25;
    // By name, because Netty is optional.
    private static final String LOOP = "org.pekkochannels.netty.Loop";
    private static final Set<String> RUNNING = Set.of("run", "runTurn");

    private final Activity activity;
    private final ConsumerActivity consumers;
    private volatile BooleanSupplier delivered = () -> true;
    private volatile boolean stalled;
    private volatile Duration bound = Duration.ofSeconds(5);

    Quiescence(Activity activity, ConsumerActivity consumers) {
        this.activity = activity;
        this.consumers = consumers;
    }

    /** Sets what waits until the bytes between clients and server have arrived; false if that has caused anything else. */
    void deliveredBy(BooleanSupplier waiting) {
        delivered = waiting;
    }

    /** What a callback that waits for a stage means. */
    enum Callbacks {
        /** The application is not quiet. */
        HOLD,
        /** The stage is the test's own: the application is quiet. */
        IGNORED
    }

    /** Whether the test keeps the database busy, for which callbacks may wait. */
    void stalled(boolean on) {
        stalled = on;
    }

    Duration bound() {
        return bound;
    }

    void bound(Duration atMost) {
        bound = atMost;
    }

    Activity activity() {
        return activity;
    }

    /**
     * Waits for a result, until it exists and no task runs.
     *
     * @return the result; empty if the application is quiet without it
     * @throws StuckException if neither is the case within the bound
     */
    <T> Optional<T> await(Callbacks callbacks, Supplier<Optional<T>> result) {
        long deadline = deadline();
        while (true) {
            boolean idle = activity.awaitIdle(deadline);
            long seen = activity.changes();
            Optional<T> found = result.get();
            if (found.isPresent()) {
                return found;
            }
            if (idle && isQuiet(callbacks, seen)) {
                // Over sockets it may have arrived meanwhile.
                return result.get();
            }
            if ((activity.pending() == 0 && !activity.awaitChange(seen, deadline)) || isOver(deadline)) {
                throw new StuckException(state());
            }
        }
    }

    /** Waits until nothing runs. Callbacks may wait for stages, which time or the test may complete. */
    void awaitIdle() {
        if (!activity.awaitIdle(deadline())) {
            throw new StuckException(state());
        }
    }

    /** Waits until a condition holds that the network or another thread brings about. */
    boolean awaitCondition(BooleanSupplier condition) {
        long deadline = deadline();
        long seen = activity.changes();
        while (!condition.getAsBoolean()) {
            if (!activity.awaitChange(seen, deadline)) {
                return false;
            }
            seen = activity.changes();
        }
        return true;
    }

    private boolean isQuiet(Callbacks callbacks, long seen) {
        return activity.pending() == 0
                && isSettled(callbacks)
                && activity.changes() == seen
                && delivered.getAsBoolean()
                && isSettled(callbacks);
    }

    private boolean isSettled(Callbacks callbacks) {
        return callbacks == Callbacks.IGNORED || stalled || !consumers.isWaiting();
    }

    private long deadline() {
        return Ticker.SYSTEM.read() + bound.toNanos();
    }

    private static boolean isOver(long deadline) {
        return Ticker.SYSTEM.read() - deadline >= 0;
    }

    /** What the application does and waits for. */
    String state() {
        List<String> waiting = consumers.waiting();
        return "\n  tasks that wait or run: " + activity.pending() + "\n  callbacks that wait for their stage: "
                + (waiting.isEmpty() ? "none" : "\n    " + String.join("\n    ", waiting))
                + "\n  threads that run tasks: "
                + stacks();
    }

    private static String stacks() {
        String all = Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> Stream.of(entry.getValue()).anyMatch(Quiescence::runsTasks))
                .map(Quiescence::stack)
                .collect(Collectors.joining());
        return all.isEmpty() ? "none" : all;
    }

    private static boolean runsTasks(StackTraceElement frame) {
        return (frame.getClassName().startsWith(CountedExecutor.class.getName())
                        && frame.getMethodName().equals("run"))
                || (frame.getClassName().equals(LOOP) && RUNNING.contains(frame.getMethodName()));
    }

    private static String stack(Map.Entry<Thread, StackTraceElement[]> entry) {
        return "\n    " + entry.getKey().getName() + " (" + entry.getKey().getState() + ")"
                + Stream.of(entry.getValue())
                        .limit(MOST_FRAMES)
                        .map(frame -> "\n      at " + frame)
                        .collect(Collectors.joining());
    }

    /** The application was neither quiet nor did what was expected within the bound. */
    static final class StuckException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StuckException(String state) {
            super(state);
        }
    }
}
