package org.pekkochannels.database;

import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/** The executor of the database dispatcher on a machine that may have no thread to give; Pekko makes it by name. */
public final class ThreadlessExecutor extends ExecutorServiceConfigurator {
    private static volatile Runnable planted = () -> {};

    private final DatabaseExecutor executor;

    /** As Pekko makes it. */
    public ThreadlessExecutor(Config dispatcher, DispatcherPrerequisites prerequisites) {
        super(dispatcher, prerequisites);
        executor = new DatabaseExecutor(dispatcher, prerequisites);
    }

    /** What the machine does before it gives a thread; it may throw instead. */
    static void plant(Runnable before) {
        planted = before;
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        return executor.createExecutorServiceFactory(id, task -> {
            planted.run();
            return threads.newThread(task);
        });
    }
}
