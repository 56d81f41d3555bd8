package org.pekkochannels.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.apache.pekko.dispatch.MessageDispatcherConfigurator;

/**
 * The executor of a dispatcher, with an {@link Activity} that counts its tasks. Pekko creates it by name; {@link TestConfig} puts it in
 * front of the configured executor. Thread-safe.
 */
final class CountedExecutor extends ExecutorServiceConfigurator {
    /** The key of a dispatcher's section that names the executor which is counted. */
    static final String COUNTED = "counted-executor";

    private static final String EXECUTOR = "executor";
    private static final String DATABASE = "channels.database.dispatcher";

    private final ExecutorServiceConfigurator counted;
    private final Activity activity;

    /**
     * Called by Pekko.
     *
     * @param dispatcher the dispatcher's own section
     * @param prerequisites contain the scheduler, which has the activity
     */
    CountedExecutor(Config dispatcher, DispatcherPrerequisites prerequisites) {
        super(dispatcher, prerequisites);
        activity = ((ActivityOwner) prerequisites.scheduler()).activity();
        counted = new Configured(dispatcher, prerequisites).configureExecutor();
    }

    /** Reads the section as Pekko would without us. */
    private static final class Configured extends MessageDispatcherConfigurator {
        Configured(Config dispatcher, DispatcherPrerequisites prerequisites) {
            super(
                    dispatcher.withValue(EXECUTOR, ConfigValueFactory.fromAnyRef(dispatcher.getString(COUNTED))),
                    prerequisites);
        }

        @Override
        public MessageDispatcher dispatcher() {
            throw new UnsupportedOperationException("only its executor is used");
        }
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        ExecutorServiceFactory factory = counted.createExecutorServiceFactory(id, threads);
        boolean database = id.equals(DATABASE);
        return () -> new Counting(factory.createExecutorService(), activity, database);
    }

    private static final class Counting extends AbstractExecutorService {
        private final ExecutorService threads;
        private final Activity activity;
        private final boolean database;

        Counting(ExecutorService threads, Activity activity, boolean database) {
            this.threads = threads;
            this.activity = activity;
            this.database = database;
        }

        @Override
        public void execute(Runnable task) {
            if (database) {
                activity.requireDatabase();
            }
            activity.begin();
            try {
                threads.execute(() -> run(task));
            } catch (Throwable rejected) {
                activity.end();
                throw rejected;
            }
        }

        private void run(Runnable task) {
            activity.threads().follow();
            try {
                task.run();
            } finally {
                activity.end();
            }
        }

        @Override
        public void shutdown() {
            threads.shutdown();
        }

        @Override
        public List<Runnable> shutdownNow() {
            List<Runnable> left = threads.shutdownNow();
            left.forEach(task -> activity.end());
            return left;
        }

        @Override
        public boolean isShutdown() {
            return threads.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return threads.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return threads.awaitTermination(timeout, unit);
        }
    }
}
