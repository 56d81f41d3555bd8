package org.pekkochannels.netty;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.Dispatcher;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.apache.pekko.dispatch.MessageDispatcherConfigurator;
import org.pekkochannels.concurrent.BorrowedThreads;
import scala.concurrent.duration.FiniteDuration;

/**
 * A Pekko dispatcher whose only thread is that of an event loop. Thread-safe.
 *
 * <p>The dispatcher is Pekko's own: it decides when an actor's mailbox is ready to run, and how many messages one run takes
 * ({@code throughput}). Only its executor is replaced. {@link Loop#turn} queues the mailbox for the current pass, so the messages that a
 * read has caused are processed in the pass of that read, without waking another thread.
 *
 * <p>Pekko finds dispatchers by id. Each loop registers one, so that an actor's props can name the loop of the actor's socket. A consumer
 * therefore shares the thread of its connection, unless {@code channels.consumer.dispatcher} places it elsewhere, and neither its frames nor
 * its events cross threads.
 */
final class LoopDispatcher extends MessageDispatcherConfigurator {
    // Irrelevant: shutting down the executor, which Pekko recreates on demand, does not end the loop.
    private static final FiniteDuration SHUTDOWN_TIMEOUT = new FiniteDuration(1, TimeUnit.SECONDS);

    private final MessageDispatcher dispatcher;

    private LoopDispatcher(Config config, DispatcherPrerequisites prerequisites, Loop loop) {
        super(config, prerequisites);
        dispatcher = new Dispatcher(
                this,
                config.getString("id"),
                config.getInt("throughput"),
                FiniteDuration.Zero(),
                new LoopExecutors(config, prerequisites, loop),
                SHUTDOWN_TIMEOUT);
    }

    /** Registers a dispatcher of this name that runs actors on the loop, with the other settings of Pekko's default dispatcher. */
    static void register(Dispatchers dispatchers, String id, Loop loop) {
        Config config = ConfigFactory.parseMap(Map.of("id", id)).withFallback(dispatchers.defaultDispatcherConfig());
        dispatchers.registerConfigurator(id, new LoopDispatcher(config, dispatchers.prerequisites(), loop));
    }

    @Override
    public MessageDispatcher dispatcher() {
        return dispatcher;
    }

    private static final class LoopExecutors extends ExecutorServiceConfigurator {
        private final Loop loop;

        LoopExecutors(Config config, DispatcherPrerequisites prerequisites, Loop loop) {
            super(config, prerequisites);
            this.loop = loop;
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
            return () -> new LoopExecutor(loop);
        }
    }

    /** The loop as an executor. It ends after the last actor, not when its dispatcher is idle. */
    private static final class LoopExecutor extends BorrowedThreads {
        private final Loop loop;

        LoopExecutor(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void execute(Runnable mailbox) {
            loop.turn(mailbox);
        }
    }
}
