package org.pekkochannels.netty;

import static java.util.Objects.requireNonNull;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.TaskCount;
import org.pekkochannels.edge.ConsumerSpawner;
import org.pekkochannels.edge.ContainedFailures;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.edge.ContainedMailbox;

/**
 * One event loop: a Netty selector, and the turns of the actors that run on it.
 *
 * <p>In each pass, in this order: Netty reads the ready sockets; tasks from other threads run; then the turns that both have caused run;
 * then the output of the turns is flushed. So a turn sees all events of the pass, and any number of turns cost one flush per connection.
 * Confined to its thread, except {@link #turn}.
 *
 * <p>No failure may leave a pass: Netty would end the loop, and with it all its connections. So reads, tasks, turns and flushes are each
 * contained here.
 */
final class Loop extends SingleThreadIoEventLoop {
    // Turns per pass, before sockets are checked again, for actors that always have work: enough for a broadcast to as
    // many members.
    private static final int MOST_TURNS = 1024;
    // The time limit for tasks of other threads in one pass, so that they do not delay the sockets further.
    private static final long MOST_POSTED_MILLIS = 10;
    private static final int LARGEST_READ = 64 * 1024;

    private final ContainedFailures failures;
    // Of the test kit only.
    private final @Nullable TaskCount count;
    // Turns that are ready to run, and connections with output of this pass.
    private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
    private final List<ChannelTransport> dirty = new ArrayList<>();
    // Tasks of afterNextLook: those of the previous pass, and those of this one.
    private List<Runnable> due = List.of();
    private List<Runnable> later = List.of();
    private final byte[] scratch = new byte[LARGEST_READ];
    private final SharedReads reads = new SharedReads(LARGEST_READ);
    private final Posted posted = new Posted();
    // Set by the thread that binds, before the first connection.
    private volatile @Nullable ConsumerSpawner consumers;

    Loop(
            IoEventLoopGroup parent,
            Executor executor,
            IoHandlerFactory handlers,
            ContainedFailures failures,
            Optional<TaskCount> count) {
        // Without a bound of tasks: their number follows from the connections, whose tasks must not be lost. They are
        // rejected only when the loop has ended.
        super(parent, executor, handlers, Integer.MAX_VALUE, RejectedExecutionHandlers.reject(), MOST_POSTED_MILLIS);
        this.failures = failures;
        this.count = count.orElse(null);
    }

    /** Sets where the loop's consumers are spawned. Called once, before the loop has connections. */
    void start(ConsumerSpawner place) {
        consumers = place;
    }

    /** Runs an actor's turn on the loop, never inside the call; any thread. */
    void turn(Runnable mailbox) {
        // Queued even on the loop itself: the caller is inside a read or another turn, and turns must not nest.
        if (inEventLoop()) {
            add(mailbox);
        } else {
            execute(() -> add(mailbox));
        }
    }

    private void add(Runnable mailbox) {
        if (count != null) {
            count.begin();
        }
        turns.add(mailbox);
    }

    private void runTurn(Runnable mailbox) {
        ContainedMailbox.run(mailbox, failures, Place.CONSUMER);
        if (count != null) {
            count.end();
        }
    }

    @Override
    public void execute(Runnable task) {
        if (count == null) {
            super.execute(task);
        } else {
            executeCounted(task, count);
        }
    }

    private void executeCounted(Runnable task, TaskCount tasks) {
        tasks.begin();
        try {
            super.execute(() -> {
                try {
                    task.run();
                } finally {
                    tasks.end();
                }
            });
        } catch (Throwable rejected) {
            tasks.end();
            throw rejected;
        }
    }

    /**
     * Runs a task after the next check of the selector. Only then does Java really close a socket; until then a closed listening socket
     * still accepts connections. On the loop.
     */
    void afterNextLook(Runnable task) {
        if (later.isEmpty()) {
            later = new ArrayList<>(1);
        }
        later.add(task);
    }

    ContainedFailures failures() {
        return failures;
    }

    ConsumerSpawner consumers() {
        ConsumerSpawner place = consumers;
        if (place == null) {
            throw new IllegalStateException("the loop was not started");
        }
        return place;
    }

    /** The array to which a read's bytes are copied. It belongs to the reader until the next read. */
    byte[] scratch() {
        return scratch;
    }

    /** The buffer for reads of connections that keep none of it. */
    SharedReads reads() {
        return reads;
    }

    /** Contains the failure of a posted task. One object serves all tasks, because each runs before the next is taken. */
    private final class Posted implements Runnable {
        private @Nullable Runnable task;

        Posted with(Runnable next) {
            task = next;
            return this;
        }

        @Override
        public void run() {
            Runnable next = requireNonNull(task);
            task = null;
            Loop.this.run(next);
        }
    }

    /** Flushes a connection at the end of the pass. */
    void flushLater(ChannelTransport connection) {
        dirty.add(connection);
    }

    /** Keeps Netty from waiting in the selector: turns are left from the limit, or a task waits for one more check of it. */
    @Override
    protected boolean hasTasks() {
        return !turns.isEmpty() || !due.isEmpty() || super.hasTasks();
    }

    /** If a failure escaped here, including one of Netty's own logger, Netty would end the loop. */
    @Override
    protected int runIo() {
        try {
            return super.runIo();
        } catch (Throwable failure) {
            failures.contain(Place.CONNECTION, "a read or write on an event loop", failure);
            return 0;
        }
    }

    /** Netty only logs a task's failure, and ends the loop if its logger throws; therefore each task is wrapped. */
    @Override
    protected @Nullable Runnable pollTask() {
        Runnable task = super.pollTask();
        return task == null ? null : posted.with(task);
    }

    /** Netty calls this once per pass, after the tasks. Turns that turns have caused run in the same pass, up to the limit. */
    @Override
    protected void afterRunningAllTasks() {
        super.afterRunningAllTasks();
        // Removed before it runs: a mailbox that has more messages adds itself again, behind the others.
        for (int i = 0; i < MOST_TURNS && !turns.isEmpty(); i++) {
            runTurn(turns.remove());
        }
        // Turns that a flush causes are left for the next pass, for which hasTasks() keeps Netty awake.
        flush();
        endPass();
    }

    private void endPass() {
        // Two lists, because "the next check" is in the next pass: tasks of this pass become due, those of the previous
        // pass run.
        List<Runnable> looked = due;
        due = later;
        later = List.of();
        looked.forEach(this::run);
    }

    private void run(Runnable work) {
        try {
            work.run();
        } catch (Throwable failure) {
            failures.contain(Place.CONNECTION, "a task on an event loop", failure);
        } finally {
            // An interrupt flag left by the task would close the next channel that the loop reads.
            Thread.interrupted();
        }
    }

    /** By index, because flushing notifies a connection that it has drained; it may then write again and be added to the list again. */
    private void flush() {
        for (int i = 0; i < dirty.size(); i++) {
            flush(dirty.get(i));
        }
        dirty.clear();
    }

    private void flush(ChannelTransport connection) {
        try {
            connection.flushNow();
        } catch (Throwable failure) {
            failures.contain(Place.CONNECTION, "a connection", failure);
            // A part of its output may be lost, so nothing that follows would be valid.
            connection.abort();
        }
    }
}
