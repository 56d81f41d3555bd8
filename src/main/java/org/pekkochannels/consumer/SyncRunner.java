package org.pekkochannels.consumer;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.TransactionOptions;

/**
 * Runs the callbacks of one synchronous consumer, and finds the callback that runs on a thread.
 *
 * <p>One callback runs at a time. An abandoned callback may still run beside {@code disconnect}, so each is identified by its thread, and
 * the output of an abandoned one is discarded.
 */
final class SyncRunner {
    private static final String NO_TRANSACTION =
            "transaction() returned null; return Optional.empty() for no transaction";
    private static final ThreadLocal<@Nullable SyncCallback> RUNNING = new ThreadLocal<>();

    // As for a turn of an asynchronous consumer, whose output is cut short beyond twice the bound.
    static final long MOST_TURNS = 2;

    private final Consumer consumer;
    // Bytes that were flushed and not released yet.
    private final AtomicLong flushing = new AtomicLong();
    // The flushed output, until it is released. Confined to the turns; null before the first flush.
    private @Nullable CompletionStage<Done> flushed;

    /**
     * Starts without a running callback.
     *
     * @param consumer the consumer of the callbacks
     */
    SyncRunner(Consumer consumer) {
        this.consumer = consumer;
    }

    /** Runs a callback on the database's threads, then releases its output on the consumer's turn. */
    CompletionStage<?> run(
            Database database, Supplier<Optional<TransactionOptions>> transaction, SyncCallback.Body body) {
        CallbackOptions options = context().options();
        return database.withLazyHandle(handles -> {
                    Objects.requireNonNull(transaction.get(), NO_TRANSACTION).ifPresent(handles::beginTransaction);
                    return run(
                            new SyncCallback(
                                    this, handles, context().membership().afterCommit(), options),
                            body);
                })
                .thenCompose(effects -> release(effects, options));
    }

    /** The options of the callback that runs on this thread; no bounds on another thread. */
    CallbackOptions options() {
        SyncCallback call = onThisThread();
        return call == null ? context().options() : call.options();
    }

    boolean isRunningHere() {
        return onThisThread() != null;
    }

    /** The callback that runs on this thread. */
    SyncCallback running() {
        SyncCallback call = onThisThread();
        if (call == null) {
            throw new IllegalStateException(
                    consumer.name()
                            + " was used outside its callbacks; handle(), send(..) and similar methods belong to a callback and its"
                            + " transaction, not to the constructor or another thread; there, send an event to"
                            + " channelName() or to a group with ChannelLayer.send(..) or groupSend(..), and handle it with on(..)");
        }
        return call;
    }

    // Null also if the thread runs a callback of another consumer.
    private @Nullable SyncCallback onThisThread() {
        SyncCallback call = RUNNING.get();
        return call != null && call.isOf(this) ? call : null;
    }

    /** Keeps output of the running callback until it is released. */
    void say(Runnable words) {
        say(0, words);
    }

    /** Keeps output of about this many bytes. */
    void say(int bytes, Runnable words) {
        later(new Effects.Words(bytes, words));
    }

    /** Keeps an effect of the running callback until it is released; fails if too much is kept already. */
    void later(Effects.Effect effect) {
        SyncCallback call = running();
        long kept = call.bytes() + flushing.get();
        int maxBytes = context().outlet().maxBytes();
        if (kept > MOST_TURNS * maxBytes) {
            context().counts().outputRefused();
            throw TooMuchOutputException.inCallback(consumer.name(), kept, maxBytes);
        }
        call.say(effect);
    }

    /** Starts a timer when the output of the running callback is released. */
    void start(ConsumerTimer timer, int firstMillis) {
        ConsumerTimers timers = context().timers();
        timers.requireRoom(running().timers());
        later(new Effects.StartTimer(timers, timer, firstMillis));
    }

    /** Releases the output of the running callback so far. */
    void flush() {
        Effects soFar = running().takeEffects();
        CallbackOptions options = options();
        long bytes = soFar.bytes();
        flushing.addAndGet(bytes);
        boolean waits = turn().offer(() -> {
            flushed = release(soFar, options);
            flushed.whenComplete((done, failure) -> flushing.addAndGet(-bytes));
        });
        if (!waits) {
            flushing.addAndGet(-bytes);
        }
    }

    /**
     * Releases output after all flushed output, because a group's send may take longer than this turn. The failure of a flush is ignored
     * here.
     */
    private CompletionStage<Done> release(Effects effects, CallbackOptions options) {
        CompletionStage<Done> before =
                flushed == null ? turn().done() : flushed.exceptionally(failure -> Done.getInstance());
        return before.thenCompose(done -> context().isAtHand(options) ? effects.release(turn()) : turn().done());
    }

    private Effects run(SyncCallback call, SyncCallback.Body body) throws Exception {
        RUNNING.set(call);
        try {
            return call.run(body);
        } finally {
            RUNNING.remove();
        }
    }

    private TurnExecutor turn() {
        return context().turn();
    }

    private ConsumerContext context() {
        return consumer.context();
    }
}
