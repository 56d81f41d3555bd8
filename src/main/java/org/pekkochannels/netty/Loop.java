package org.pekkochannels.netty;

import static java.util.Objects.requireNonNull;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.edge.ConsumerSpawner;
import org.pekkochannels.edge.ContainedFailures;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.edge.ContainedMailbox;

/**
 * One event loop: a selector of Netty, and the turns of the actors that live on it.
 *
 * <p>In each pass Netty reads, and runs what other threads have posted; then the turns run, which those gave rise to; then
 * what the turns wrote is flushed. Confined to its thread, but for {@link #turn}.
 */
final class Loop extends SingleThreadIoEventLoop {
    // Of actors that never rest, so many turns run before sockets are looked at again: a broadcast to that many
    // members.
    private static final int MOST_TURNS = 1024;
    // What others post holds up the sockets no longer than this.
    private static final long MOST_POSTED_MILLIS = 10;
    private static final int LARGEST_READ = 64 * 1024;

    private final ContainedFailures failures;
    private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
    private final List<ChannelTransport> dirty = new ArrayList<>();
    // Those of the pass before, and those of this one.
    private List<Runnable> due = List.of();
    private List<Runnable> later = List.of();
    private final byte[] scratch = new byte[LARGEST_READ];
    private final SharedReads reads = new SharedReads(LARGEST_READ);
    private final Posted posted = new Posted();
    private volatile @Nullable ConsumerSpawner consumers;

    Loop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory handlers, ContainedFailures failures) {
        super(parent, executor, handlers, Integer.MAX_VALUE, RejectedExecutionHandlers.reject(), MOST_POSTED_MILLIS);
        this.failures = failures;
    }

    /** Lets the loop's consumers be spawned; once, before it has connections. */
    void start(ConsumerSpawner place) {
        consumers = place;
    }

    /** Runs an actor's turn on the loop, never within the call; any thread. */
    void turn(Runnable mailbox) {
        if (inEventLoop()) {
            turns.add(mailbox);
        } else {
            execute(() -> turns.add(mailbox));
        }
    }

    /**
     * Runs a task when the selector has looked once more: only then does Java really close a socket that was closed, until
     * when a listening one takes connections. On the loop.
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

    /** Where a read's bytes are copied to; theirs who read until their next read. */
    byte[] scratch() {
        return scratch;
    }

    /** Where those of them that keep nothing are read to. */
    SharedReads reads() {
        return reads;
    }

    /** Contains what a posted task throws. One object serves all tasks, because each runs before the next is taken. */
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

    @Override
    protected boolean hasTasks() {
        return !turns.isEmpty() || !due.isEmpty() || super.hasTasks();
    }

    /** Netty ends a loop for what escapes here, its own logger's failures too. */
    @Override
    protected int runIo() {
        try {
            return super.runIo();
        } catch (Throwable failure) {
            failures.contain(Place.CONNECTION, "a read or write on an event loop", failure);
            return 0;
        }
    }

    /** Netty only logs what a task throws, and ends the loop if its logger throws. */
    @Override
    protected @Nullable Runnable pollTask() {
        Runnable task = super.pollTask();
        return task == null ? null : posted.with(task);
    }

    @Override
    protected void afterRunningAllTasks() {
        super.afterRunningAllTasks();
        for (int i = 0; i < MOST_TURNS && !turns.isEmpty(); i++) {
            ContainedMailbox.run(turns.remove(), failures, Place.CONSUMER);
        }
        flush();
        endPass();
    }

    private void endPass() {
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
            // A flag that the task has left would close the next channel that the loop reads.
            Thread.interrupted();
        }
    }

    /** A connection that has drained may write again, and so be flushed again within the pass. */
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
            connection.abort();
        }
    }
}
