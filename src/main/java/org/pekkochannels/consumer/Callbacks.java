package org.pekkochannels.consumer;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.FatalErrors;

/** Runs a consumer's callbacks one at a time: the next may start when the stage of the previous one has completed. */
final class Callbacks {
    /** The name of a task that runs between callbacks. */
    static final String TASK = "task";

    // Stands for such tasks.
    private static final Callback NO_CALLBACK = new Callback(TASK, null);

    private final TurnExecutor turn;
    private final ConsumerWatch watch;
    private final Failed failures;
    private @Nullable Callback running;
    private boolean watched;
    private @Nullable Throwable thrown;

    /**
     * Starts without a callback.
     *
     * @param turn runs the completions
     * @param watch is notified while a callback's stage is pending
     * @param failures receives each failed callback and its failure
     */
    Callbacks(TurnExecutor turn, ConsumerWatch watch, Failed failures) {
        this.turn = turn;
        this.watch = watch;
        this.failures = failures;
    }

    /** Receives failures. */
    @FunctionalInterface
    interface Failed {
        /** A callback with this name and input has failed; the input is null if it has none, or none was kept. */
        void accept(String callback, @Nullable Object input, Throwable failure);
    }

    /** A callback in progress. Compared by identity, so that a late completion of an abandoned callback is ignored. */
    private static final class Callback {
        // Written by the thread that runs the callback; from other threads the value may be outdated.
        private String name;
        private final @Nullable Object input;
        // Set once the stage is awaited.
        private @Nullable CompletionStage<?> stage;

        Callback(String name, @Nullable Object input) {
            this.name = name;
            this.input = input;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    boolean isRunning() {
        return running != null;
    }

    /** An object that identifies the callback in progress. From other threads the result may be outdated. */
    Optional<?> running() {
        return Optional.ofNullable(running);
    }

    /** The callback in progress, or a placeholder for tasks between callbacks; its {@code toString()} is its name. */
    Object runningOrTask() {
        Callback callback = running;
        return callback == null ? NO_CALLBACK : callback;
    }

    boolean isRunning(Object callback) {
        return callback == running;
    }

    /** The name of the callback in progress. From other threads the result may be outdated. */
    String name() {
        Callback callback = running;
        return callback == null ? "(between callbacks)" : callback.name;
    }

    /** Names the callback in progress after what its input has turned out to be, if it still has the first name. */
    void rename(String from, String to) {
        Callback callback = running;
        if (callback != null && callback.name.equals(from)) {
            callback.name = to;
        }
    }

    /** Describes the consumer and the callback in progress. May be called from any thread. */
    String description() {
        return turn.description();
    }

    /** Logs with the words of the connection; any thread. */
    void log(Runnable line) {
        turn.log(line);
    }

    /** Starts a callback without input; no other may be in progress. */
    void start(String name, Callable<? extends @Nullable CompletionStage<?>> body) {
        start(name, null, body);
    }

    /** Starts a callback, and keeps its input until it is over; no other may be in progress. */
    void start(String name, @Nullable Object input, Callable<? extends @Nullable CompletionStage<?>> body) {
        Callback callback = new Callback(name, input);
        running = callback;
        try {
            await(callback, body.call());
        } catch (Throwable e) { // whatever the application throws, its client must be answered
            settled(callback, e);
        }
    }

    /** Runs a task outside callbacks, such as a continuation of a stage; a failure is treated like a callback's. */
    void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            failures.accept(TASK, null, e);
            keepIfFatal(e);
        }
    }

    /** Throws a pending fatal error again, once its connection has been answered. */
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

    /** Abandons the running callback, and returns its name. */
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
     * Settles the callback in progress if its stage is complete but the turn was not notified. This happens if a thread without stack left
     * completed the stage: {@link CompletableFuture} swallows the failure of the notification. May be called on any thread.
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
            // After the consumer's end no callback is awaited, so the result is dropped.
            turn.offer(() -> settled(callback, failure));
        }
    }

    private void settled(Callback callback, @Nullable Throwable failure) {
        if (callback != running) {
            return;
        }
        rest();
        if (failure != null) {
            Throwable cause = ConfinedFuture.unwrap(failure);
            failures.accept(callback.name, callback.input, cause);
            keepIfFatal(cause); // a blocking callback fails on another thread, which passes its failure on
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
