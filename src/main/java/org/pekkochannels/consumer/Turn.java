package org.pekkochannels.consumer;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.Done;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;

/** Runs tasks inside one consumer's turns, so that they may touch its state without locks; thread-safe. */
final class Turn implements Executor {
    private final ActorRef<Object> consumer;
    private final ConfinedFuture<Done> done;
    private volatile @Nullable Thread thread;

    Turn(ActorRef<Object> consumer) {
        this.consumer = consumer;
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
        thread = Thread.currentThread();
    }

    void end() {
        thread = null;
    }

    /** Whether the caller runs inside a turn: only that very thread can see itself here. */
    boolean isCurrent() {
        return thread == Thread.currentThread();
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
