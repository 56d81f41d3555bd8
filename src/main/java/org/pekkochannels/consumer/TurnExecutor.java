package org.pekkochannels.consumer;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.BoundedOwner;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.LooseStages;
import org.pekkochannels.concurrent.RunningTurn;
import org.pekkochannels.concurrent.StackRoom;
import org.pekkochannels.concurrent.StageOwner;
import org.pekkochannels.concurrent.TaskQueue;
import org.pekkochannels.concurrent.TurnThread;
import org.pekkochannels.tracing.ThreadContext;

/**
 * Runs tasks inside one consumer's turns, so that they may touch its state without locks; thread-safe.
 *
 * <p>Tasks run in the order in which they were added. One message to the actor serves for all that wait, so many tasks share a
 * turn, and its flush.
 */
final class TurnExecutor implements StageOwner, BoundedOwner, RunningTurn, TaskQueue.Owner {
    // One turn runs no more, so that messages, events and tasks alternate.
    private static final int MOST_TASKS = 64;

    private final ActorRef<Object> consumer;
    private final ConsumerWatch watch;
    private final Host host;
    private final ConfinedFuture<Done> done;
    private final TaskQueue tasks = new TaskQueue();
    private boolean last;
    private long watchedFrom;
    // Not volatile: others may see an old thread here, but none its own, which it has taken away itself.
    private @Nullable TurnThread thread;
    private @Nullable RunningTurn outer;
    // What the thread had before: a turn begins with an empty context, and leaves nothing behind.
    private ThreadContext outside = ThreadContext.EMPTY;
    // Made for the first one.
    private @Nullable LooseStages loose;

    /**
     * No turn runs yet.
     *
     * @param consumer is sent {@link Wake} when tasks wait
     * @param watch looks at the turns
     * @param host tells what runs
     */
    TurnExecutor(ActorRef<Object> consumer, ConsumerWatch watch, Host host) {
        this.consumer = consumer;
        this.watch = watch;
        this.host = host;
        this.done = new ConfinedFuture<>(this);
        done.complete(Done.getInstance());
    }

    /** The consumer whose turns these are. */
    interface Host extends RunningTurn {
        /** The callback in progress, or what stands for a task between callbacks; prints its name. */
        Object running();

        /** Whether that is a callback. */
        boolean isInCallback();

        /** Whether that is a callback that is not over yet. */
        boolean isRunning(Object callback);

        /** A stage that a callback made has failed unseen; returns whether that is an error. */
        boolean lost(Object callback, Throwable failure, boolean logged);

        /** So many more have. */
        void lostUnlogged(int count);

        /** Calls from other threads. */
        CallQueue calls();
    }

    /** The message that tasks wait. */
    enum Wake implements DeadLetterSuppression {
        UP
    }

    /** Runs a task in a later turn; throws {@link RejectedExecutionException} when the consumer has ended. */
    @Override
    public void execute(Runnable task) {
        StackRoom.require(); // a consumer that has its task, and is not woken, would never run again
        executeWithRoom(task);
    }

    @Override
    public void executeWithRoom(Runnable task) {
        if (!offerWithRoom(task)) {
            throw new RejectedExecutionException(
                    description() + ": the consumer has ended, and nothing runs on its turn any more");
        }
    }

    /** Runs a task in a later turn; returns false, and forgets the task, when the consumer has ended. */
    boolean offer(Runnable task) {
        StackRoom.require();
        return offerWithRoom(task);
    }

    /** Like {@link #offer}, for a caller whose stack is known to have room. */
    boolean offerWithRoom(Runnable task) {
        return tasks.add(task, this);
    }

    /** Has the consumer run the tasks that wait, if any; on any thread. */
    void wakeConsumer() {
        tasks.wake(this);
    }

    @Override
    public void wake() {
        consumer.tell(Wake.UP);
    }

    /**
     * Has tasks that wait run; inside the turn. What is left is for a later turn, behind what waits in the mailbox.
     *
     * @param runner runs each, and throws nothing
     */
    void runTasks(Consumer<Runnable> runner) {
        tasks.take();
        int room = MOST_TASKS;
        for (Runnable task = tasks.poll(); task != null; task = --room > 0 ? tasks.poll() : null) {
            runner.accept(task);
        }
        if (!tasks.finish()) {
            wake();
        }
    }

    /** Runs all that waits, as the last turn: no stage stays open because its task was lost with the actor. */
    void runLastTasks(Consumer<Runnable> runner) {
        last = true;
        tasks.close();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            runner.accept(task);
        }
    }

    /** Whether the consumer has ended; inside the turn. */
    boolean isLast() {
        return last;
    }

    void begin() {
        TurnThread own = TurnThread.own();
        outer = own.enter(this);
        thread = own;
        outside = ThreadContext.clear();
    }

    void end() {
        try {
            if (loose != null) {
                loose.judge(this);
            }
        } finally {
            leave();
        }
    }

    private void leave() {
        TurnThread own = thread;
        thread = null;
        outside.restore();
        outside = ThreadContext.EMPTY;
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
        return host.description();
    }

    @Override
    public @Nullable Object running() {
        return isCurrent() ? host.running() : null;
    }

    /** Whether a callback is in progress, which may not be what made the task that runs; inside the turn. */
    boolean isInCallback() {
        return host.isInCallback();
    }

    @Override
    public boolean isRunning(Object origin) {
        return host.isRunning(origin);
    }

    @Override
    public void suspect(ConfinedFuture<?> stage) {
        if (isCurrent()) {
            loose = loose == null ? new LooseStages() : loose;
            loose.add(this, stage);
        } else {
            // After the consumer's end a failure is no news.
            offer(() -> suspect(stage));
        }
    }

    @Override
    public boolean lost(Object origin, Throwable failure, boolean logged) {
        return host.lost(origin, failure, logged);
    }

    @Override
    public void lostUnlogged(int count) {
        host.lostUnlogged(count);
    }

    /** A call from another thread counts among those that wait until its result has come; any thread. */
    @Override
    public Executor place() {
        return isCurrent() ? this : host.calls().place();
    }

    CompletionStage<Done> done() {
        return done;
    }

    /** The stage's result in a turn: in this one if it is there already, and the caller is inside it. */
    <T> CompletionStage<T> bring(CompletionStage<T> stage) {
        return isCurrent() ? ConfinedFuture.of(stage, this) : ConfinedFuture.later(stage, this);
    }

    <T> CompletionStage<T> failed(Throwable failure) {
        ConfinedFuture<T> stage = new ConfinedFuture<>(this);
        stage.completeExceptionally(failure);
        return stage;
    }
}
