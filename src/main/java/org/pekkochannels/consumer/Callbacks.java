package org.pekkochannels.consumer;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.FatalErrors;

/** Runs a consumer's callbacks, one at a time: the next may start when the last one's stage has completed. */
final class Callbacks {
    // What runs between callbacks.
    private static final Callback TASK = new Callback("task");

    private final TurnExecutor turn;
    private final ConsumerWatch watch;
    private final BiConsumer<String, Throwable> failures;
    private @Nullable Callback running;
    private boolean watched;
    private @Nullable Throwable thrown;

    /**
     * Nothing runs yet.
     *
     * @param turn where results come back to
     * @param watch is told while one has to be waited for
     * @param failures is told a failed callback's name and failure
     */
    Callbacks(TurnExecutor turn, ConsumerWatch watch, BiConsumer<String, Throwable> failures) {
        this.turn = turn;
        this.watch = watch;
        this.failures = failures;
    }

    /** A callback in progress; compared by identity, so that one given up on cannot settle later. */
    private static final class Callback {
        private final String name;
        // Once it is awaited.
        private @Nullable CompletionStage<?> stage;

        Callback(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    boolean isRunning() {
        return running != null;
    }

    /** The callback in progress, something that no other equals; from any thread, and then perhaps that of a moment ago. */
    Optional<?> running() {
        return Optional.ofNullable(running);
    }

    /** The callback in progress, or what stands for the tasks between callbacks; prints its name. */
    Object runningOrTask() {
        Callback callback = running;
        return callback == null ? TASK : callback;
    }

    boolean isRunning(Object callback) {
        return callback == running;
    }

    /** What the callback in progress is called; from any thread. */
    String name() {
        Callback callback = running;
        return callback == null ? "(between callbacks)" : callback.name;
    }

    /** Whose callbacks these are, and which is in progress; from any thread. */
    String description() {
        return turn.description();
    }

    /** Starts a callback, which must be the only one. */
    void start(String name, Callable<? extends @Nullable CompletionStage<?>> body) {
        Callback callback = new Callback(name);
        running = callback;
        try {
            await(callback, body.call());
        } catch (Throwable e) { // whatever an application's code throws, its connection is answered
            settled(callback, e);
            keepIfFatal(e);
        }
    }

    /** Runs a task that is no callback, such as the continuation of a stage; what it throws fails it as a callback does. */
    void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            failures.accept(TASK.name, e);
            keepIfFatal(e);
        }
    }

    /** Throws a fatal error again, once its connection has been answered. */
    void rethrowFatal() {
        Throwable fatal = thrown;
        thrown = null;
        if (fatal != null) {
            FatalErrors.rethrow(fatal);
        }
    }

    private void keepIfFatal(Throwable failure) {
        if (FatalErrors.isFatal(failure)) {
            thrown = failure;
        }
    }

    /** Waits no more for the running callback, and tells its name. */
    String giveUp() {
        String name = name();
        rest();
        return name;
    }

    private void await(Callback callback, @Nullable CompletionStage<?> stage) {
        if (stage == turn.done()) {
            running = null;
        } else if (stage == null) {
            settled(callback, returnedNull(callback));
        } else {
            stage.whenComplete((result, failure) -> settle(callback, failure));
            watched = running == callback;
            if (watched) {
                callback.stage = stage;
                watch.add(this);
            }
        }
    }

    /**
     * Settles the callback in progress if its stage is complete and the turn does not know: a thread whose stack was used up has
     * completed it, and {@link CompletableFuture} keeps to itself what failed then. From any thread.
     */
    void settleIfComplete() {
        Callback callback = running;
        CompletionStage<?> stage = callback == null ? null : callback.stage;
        if (callback != null && stage instanceof CompletableFuture<?> future && future.isDone()) {
            stage.whenComplete((result, failure) -> settle(callback, failure));
            turn.wakeConsumer();
        }
    }

    private void rest() {
        running = null;
        if (watched) {
            watched = false;
            watch.remove(this);
        }
    }

    private void settle(Callback callback, @Nullable Throwable failure) {
        if (turn.isCurrent()) {
            settled(callback, failure);
        } else {
            // After the consumer's end nothing waits for a callback any more.
            turn.offer(() -> settled(callback, failure));
        }
    }

    private void settled(Callback callback, @Nullable Throwable failure) {
        if (callback != running) {
            return;
        }
        rest();
        if (failure != null) {
            failures.accept(callback.name, ConfinedFuture.unwrap(failure));
        }
    }

    private static Throwable returnedNull(Callback callback) {
        return new NullPointerException(callback.name + " returned null; return " + stages(callback.name));
    }

    private static String stages(String callback) {
        if (callback.startsWith("connect(")) {
            return "accept() or refuse(), or a stage that completes after one of them";
        }
        return callback.startsWith("disconnect(")
                ? "database().withHandle(..), or done()"
                : "send(..), database().withHandle(..) or done()";
    }
}
