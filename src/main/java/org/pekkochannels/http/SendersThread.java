package org.pekkochannels.http;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.Dispatcher;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.apache.pekko.dispatch.MessageDispatcherConfigurator;
import org.pekkochannels.concurrent.BorrowedThreads;
import scala.concurrent.duration.Duration;
import scala.concurrent.duration.FiniteDuration;

/**
 * A Pekko dispatcher whose actors run on the thread that sends them a message. For an actor that only passes messages on, this saves two
 * thread switches per new connection, a sixth of its CPU time. Thread-safe.
 *
 * <p>One thread at a time runs a mailbox. Messages that other threads send meanwhile are processed by that thread. After
 * {@link #THROUGHPUT} messages Pekko schedules the mailbox again. Here that is a nested call, so the depth of the stack grows with the
 * number of messages that wait.
 */
final class SendersThread extends MessageDispatcherConfigurator {
    private static final String ID = "channels-senders-thread";
    private static final int THROUGHPUT = 5;
    private static final FiniteDuration NO_TIME = Duration.Zero();

    private final MessageDispatcher dispatcher;

    private SendersThread(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
        this.dispatcher = new Dispatcher(this, ID, THROUGHPUT, NO_TIME, new Executors(config, prerequisites), NO_TIME);
    }

    /** Adds the dispatcher to an actor system and returns its id. Has no effect if it exists already. */
    static String in(ActorSystem system) {
        Dispatchers dispatchers = system.dispatchers();
        // Needed for the mailbox.
        Config config = system.settings().config().getConfig(Dispatchers.DefaultDispatcherId());
        dispatchers.registerConfigurator(
                ID,
                new SendersThread(
                        config.withValue("id", ConfigValueFactory.fromAnyRef(ID)), dispatchers.prerequisites()));
        return ID;
    }

    @Override
    public MessageDispatcher dispatcher() {
        return dispatcher;
    }

    private static final class Executors extends ExecutorServiceConfigurator {
        Executors(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
            return Sender::new;
        }
    }

    private static final class Sender extends BorrowedThreads {
        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }
}
