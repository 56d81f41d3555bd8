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
 * Runs the callbacks of one synchronous consumer, which find the running one here.
 *
 * <p>There is one at a time, until one is given up, which may run on beside {@code disconnect}: so each is known by its
 * thread, and what one has said that was given up is not heard.
 */
final class SyncRunner {
    private static final String NO_TRANSACTION =
            "transaction() returned null; return Optional.empty() for no transaction";
    private static final ThreadLocal<@Nullable SyncCallback> RUNNING = new ThreadLocal<>();

    // As a turn of an asynchronous consumer, which is cut short beyond twice the bound.
    static final long MOST_TURNS = 2;

    private final Consumer consumer;
    // How many bytes were flushed and not released yet.
    private final AtomicLong flushing = new AtomicLong();
    // What was flushed, until it is released; confined to the turns, and none before the first flush.
    private @Nullable CompletionStage<Done> flushed;

    /**
     * Nothing runs yet.
     *
     * @param consumer whose callbacks they are
     */
    SyncRunner(Consumer consumer) {
        this.consumer = consumer;
    }

    /** Runs a callback on the database's threads, then releases what it said on the consumer's turn. */
    CompletionStage<?> run(
            Database database, Supplier<Optional<TransactionOptions>> transaction, SyncCallback.Body body) {
        CallbackTerms terms = context().terms();
        return database.withLazyHandle(handles -> {
                    Objects.requireNonNull(transaction.get(), NO_TRANSACTION).ifPresent(handles::beginTransaction);
                    return run(
                            new SyncCallback(
                                    this, handles, context().membership().afterCommit(), terms),
                            body);
                })
                .thenCompose(effects -> release(effects, terms));
    }

    /** The terms of the callback that runs on this thread; on another thread none. */
    CallbackTerms terms() {
        SyncCallback call = onThisThread();
        return call == null ? context().terms() : call.terms();
    }

    /** The callback that runs on this thread. */
    SyncCallback running() {
        SyncCallback call = onThisThread();
        if (call == null) {
            throw new IllegalStateException(
                    consumer.name()
                            + " was used outside its callbacks; handle(), send(..) and the like belong to a callback and its"
                            + " transaction, not to the constructor and not to another thread; there, send an event to"
                            + " channelName() or to a group with ChannelLayer.send(..) or groupSend(..), and handle it with on(..)");
        }
        return call;
    }

    // The thread may run the callback of another consumer.
    private @Nullable SyncCallback onThisThread() {
        SyncCallback call = RUNNING.get();
        return call != null && call.isOf(this) ? call : null;
    }

    /** Keeps words of the running callback until they are released. */
    void say(Runnable words) {
        say(0, words);
    }

    /** Keeps words of so many bytes, about. */
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

    /** Releases what the running callback has said so far. */
    void flush() {
        Effects soFar = running().takeEffects();
        CallbackTerms terms = terms();
        long bytes = soFar.bytes();
        flushing.addAndGet(bytes);
        boolean waits = turn().offer(() -> {
            flushed = release(soFar, terms);
            flushed.whenComplete((done, failure) -> flushing.addAndGet(-bytes));
        });
        if (!waits) {
            flushing.addAndGet(-bytes);
        }
    }

    /** Not before what was flushed: a group's send may take longer than this turn. Nobody hears of a flush that failed. */
    private CompletionStage<Done> release(Effects effects, CallbackTerms terms) {
        CompletionStage<Done> before =
                flushed == null ? turn().done() : flushed.exceptionally(failure -> Done.getInstance());
        return before.thenCompose(done -> context().isAtHand(terms) ? effects.release(turn()) : turn().done());
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
