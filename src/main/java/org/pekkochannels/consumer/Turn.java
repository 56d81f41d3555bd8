package org.pekkochannels.consumer;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.LogContext;
import org.pekkochannels.concurrent.RunningTurn;
import org.pekkochannels.concurrent.TurnThread;

/** Runs tasks inside one consumer's turns, so that they may touch its state without locks; thread-safe. */
final class Turn implements Executor, RunningTurn {
    private final ActorRef<Object> consumer;
    private final ConsumerWatch watch;
    private final Supplier<String> description;
    private final ConfinedFuture<Done> done;
    private long watchedFrom;
    // Not volatile: others may see an old thread here, but none its own, which it has taken away itself.
    private @Nullable TurnThread thread;
    private @Nullable RunningTurn outer;
    // What others left in the thread's logging context (MDC); a turn begins with an empty one.
    private LogContext outside = LogContext.EMPTY;

    /**
     * No turn runs yet.
     *
     * @param consumer takes tasks as messages
     * @param watch looks at the turns
     * @param description tells, on any thread, what runs
     */
    Turn(ActorRef<Object> consumer, ConsumerWatch watch, Supplier<String> description) {
        this.consumer = consumer;
        this.watch = watch;
        this.description = description;
        this.done = new ConfinedFuture<>(this);
        done.complete(Done.getInstance());
    }

    /** What the consumer's mailbox carries for a task; of no interest to anybody once the consumer has gone. */
    record Task(Runnable body) implements DeadLetterSuppression {}

    @Override
    public void execute(Runnable task) {
        consumer.tell(new Task(task));
    }

    void begin() {
        TurnThread own = TurnThread.own();
        outer = own.enter(this);
        thread = own;
        outside = LogContext.current();
        LogContext.EMPTY.replace(outside);
    }

    void end() {
        TurnThread own = thread;
        thread = null;
        outside.restore();
        outside = LogContext.EMPTY;
        if (own != null) {
            own.leave(outer);
        }
    }

    /** Whether the caller runs inside a turn: only that very thread can see itself here. */
    boolean isCurrent() {
        TurnThread in = thread;
        return in != null && in.isOwn();
    }

    /** Held turns are not warned of before. */
    void watchFrom(long nanoTime) {
        watchedFrom = nanoTime;
    }

    boolean isWatchedBy(ConsumerWatch candidate) {
        return watch == candidate && System.nanoTime() - watchedFrom >= 0;
    }

    @Override
    public String description() {
        return description.get();
    }

    CompletionStage<Done> done() {
        return done;
    }

    <T> CompletionStage<T> bring(CompletionStage<T> stage) {
        return ConfinedFuture.of(stage, this);
    }

    <T> CompletionStage<T> failed(Throwable failure) {
        ConfinedFuture<T> stage = new ConfinedFuture<>(this);
        stage.completeExceptionally(failure);
        return stage;
    }
}
