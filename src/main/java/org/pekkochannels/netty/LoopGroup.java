package org.pekkochannels.netty;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.pekkochannels.concurrent.Offloader;
import org.pekkochannels.concurrent.TaskCount;
import org.pekkochannels.edge.ContainedFailures;

/**
 * The event loops of one server. New connections are assigned in turn, and a connection stays on its loop, so a session needs no locks.
 *
 * <p>The threads carry an {@link Offloader}: a broadcast to thousands of members may pass a part of its work to other threads, because
 * while the loop works on it, none of the loop's sockets is read.
 */
final class LoopGroup extends MultiThreadIoEventLoopGroup {
    private static final String THREADS = "channels-loop";

    /**
     * Creates the loops, each with its own handlers. The executor runs the tasks that the loops offload.
     *
     * <p>A single loop has no offloader: on a machine with one loop, the executor's threads would compete with it for the processor.
     */
    LoopGroup(
            int count,
            IoHandlerFactory handlers,
            Executor offloader,
            ContainedFailures failures,
            Optional<TaskCount> tasks) {
        super(count, count == 1 ? threads() : new LoopThreads(offloader), handlers, failures, tasks);
    }

    private static DefaultThreadFactory threads() {
        return new DefaultThreadFactory(THREADS);
    }

    private static final class LoopThreads extends DefaultThreadFactory {
        private final Executor executor;

        LoopThreads(Executor executor) {
            super(THREADS);
            this.executor = executor;
        }

        @Override
        protected Thread newThread(Runnable loop, String name) {
            return new LoopThread(threadGroup, loop, name, new Offloader(executor));
        }
    }

    private static final class LoopThread extends FastThreadLocalThread implements Offloader.Source {
        private final Offloader offloader;

        LoopThread(ThreadGroup group, Runnable loop, String name, Offloader offloader) {
            super(group, loop, name);
            this.offloader = offloader;
        }

        @Override
        public Offloader offloader() {
            return offloader;
        }
    }

    /** All loops. */
    List<Loop> all() {
        List<Loop> loops = new ArrayList<>();
        // Netty's iterator is of a general type; newChild(..) creates nothing but loops.
        for (EventExecutor each : this) {
            loops.add((Loop) each);
        }
        return loops;
    }

    /**
     * Ends the threads and remaining connections; called after the last actor has stopped. Without a quiet period, because no tasks are
     * submitted any more; the second bounds the tasks that are still queued.
     */
    void end() {
        Future<?> unused = shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... args) {
        @SuppressWarnings("unchecked") // as passed by the constructor
        Optional<TaskCount> tasks = (Optional<TaskCount>) args[1];
        return new Loop(this, executor, handlers, (ContainedFailures) args[0], tasks);
    }
}
