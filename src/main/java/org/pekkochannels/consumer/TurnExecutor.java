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
import org.pekkochannels.protocol.LogWords;
import org.pekkochannels.tracing.span.ThreadContext;

/**
 * Runs tasks inside one consumer's turns, where they may access its state without locks. Thread-safe.
 *
 * <p>Tasks run in the order in which they were added. One message to the actor covers all waiting tasks, so many tasks share a turn and its
 * flush.
 */
final class TurnExecutor implements StageOwner, BoundedOwner, RunningTurn, TaskQueue.Owner {
    // The maximum per turn, so that messages, events and tasks alternate.
    private static final int MOST_TASKS = 64;

    private final ActorRef<Object> consumer;
    private final ConsumerWatch watch;
    private final Host host;
    private final ConfinedFuture<Done> done;
    private final TaskQueue tasks = new TaskQueue();
    private boolean last;
    private long watchedFrom;
    // Not volatile: another thread may read an outdated value here, but never itself, because it has removed itself
    // after its turn.
    private @Nullable TurnThread thread;
    private @Nullable RunningTurn outer;
    // Null if a turn begins with an empty logging context.
    private @Nullable LogWords words;
    // The thread's own context: a turn leaves nothing behind.
    private ThreadContext outside = ThreadContext.EMPTY;
    // Created when the first one is added.
    private @Nullable LooseStages loose;

    /**
     * Starts outside a turn.
     *
     * @param consumer receives {@link Wake} when tasks wait
     * @param watch watches the turns
     * @param host describes what runs
     */
    TurnExecutor(ActorRef<Object> consumer, ConsumerWatch watch, Host host) {
        this.consumer = consumer;
        this.watch = watch;
        this.host = host;
        this.done = new ConfinedFuture<>(this);
        done.complete(Done.getInstance());
    }

    /** The consumer of these turns. */
    interface Host extends RunningTurn {
        /** The callback in progress, or a placeholder for tasks between callbacks; its {@code toString()} is its name. */
        Object running();

        /** Whether it is a callback. */
        boolean isInCallback();

        /** Renames it, if it has the first name. */
        void renameCallback(String from, String to);

        /** Whether it is a callback that is not over yet. */
        boolean isRunning(Object callback);

        /** A stage that a callback created has failed unseen; returns whether that is an error. */
        boolean lost(Object callback, Throwable failure, boolean logged);

        /** This many more stages have failed unseen. */
        void lostUnlogged(int count);

        /** Logs with the words of the connection; any thread. */
        void log(Runnable line);

        /** The calls from other threads. */
        CallQueue calls();
    }

    /** Sent to the actor when tasks wait. */
    enum Wake implements DeadLetterSuppression {
        UP
    }

    /** Runs a task in a later turn; throws {@link RejectedExecutionException} if the consumer has ended. */
    @Override
    public void execute(Runnable task) {
        StackRoom.require(); // a consumer whose queue has a task, but which is not woken, would never run again
        executeWithRoom(task);
    }

    @Override
    public void executeWithRoom(Runnable task) {
        if (!offerWithRoom(task)) {
            throw new RejectedExecutionException(
                    description() + ": the consumer has ended, and its turn runs no further tasks");
        }
    }

    /** Runs a task in a later turn; returns false, and drops the task, if the consumer has ended. */
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

    /** Sends the consumer a timer that is due; any thread. */
    void add(ConsumerTimer timer) {
        consumer.tell(timer);
    }

    @Override
    public void wake() {
        consumer.tell(Wake.UP);
    }

    /**
     * Runs waiting tasks, up to the maximum per turn; called in the turn. The rest runs in a later turn, after the messages that wait in
     * the mailbox.
     *
     * @param runner runs each task, and must not throw
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

    /** Runs all waiting tasks in the last turn, so that no stage stays incomplete because its task was lost with the actor. */
    void runLastTasks(Consumer<Runnable> runner) {
        last = true;
        tasks.close();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            runner.accept(task);
        }
    }

    /** Whether the consumer has ended; called in the turn. */
    boolean isLast() {
        return last;
    }

    void begin() {
        TurnThread own = TurnThread.own();
        outer = own.enter(this);
        thread = own;
        outside = ThreadContext.clear();
        if (words != null) {
            words.putIntoContext();
        }
    }

    /** Each turn begins with these words in its logging context. */
    void beginWith(LogWords start) {
        words = start;
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
        if (words == null) {
            outside.restore();
        } else {
            outside.restoreAny();
        }
        outside = ThreadContext.EMPTY;
        if (own != null) {
            own.leave(outer);
        }
    }

    /** Whether the caller runs inside a turn: only the turn's own thread can find itself here. */
    boolean isCurrent() {
        TurnThread in = thread;
        return in != null && in.isOwn();
    }

    /** Slow turns are reported from this time on. */
    void watchFrom(long nanoTime) {
        watchedFrom = nanoTime;
    }

    boolean isWatchedBy(ConsumerWatch candidate) {
        return watch == candidate && candidate.now() - watchedFrom >= 0;
    }

    @Override
    public String description() {
        return host.description();
    }

    @Override
    public @Nullable Object running() {
        return isCurrent() ? host.running() : null;
    }

    /** Logs with the words of the connection; any thread. */
    void log(Runnable line) {
        host.log(line);
    }

    /** Whether a callback is in progress, possibly another than the one that created the running task; called in the turn. */
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
            // After the consumer's end the failure is ignored.
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

    /** Reserves a place for a call from another thread until its result has arrived; any thread. */
    @Override
    public Executor place() {
        return isCurrent() ? this : host.calls().place();
    }

    /** Renames the callback in progress, if it has the first name; on the thread that runs it. */
    void renameCallback(String from, String to) {
        host.renameCallback(from, to);
    }

    CompletionStage<Done> done() {
        return done;
    }

    /** The stage's result in a turn: in this one if the stage is complete and the caller is inside the turn. */
    <T> CompletionStage<T> bring(CompletionStage<T> stage) {
        return isCurrent() ? ConfinedFuture.of(stage, this) : ConfinedFuture.later(stage, this);
    }

    <T> CompletionStage<T> failed(Throwable failure) {
        ConfinedFuture<T> stage = new ConfinedFuture<>(this);
        stage.completeExceptionally(failure);
        return stage;
    }
}
