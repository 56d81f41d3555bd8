package org.pekkochannels.database;

import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.jspecify.annotations.Nullable;

/** The executor of the database dispatcher on a machine that may have no thread to give; Pekko makes it by name. */
public final class ThreadlessExecutor extends ExecutorServiceConfigurator {
    /** What the machine says instead of giving a thread, while it is set. */
    static final AtomicReference<@Nullable Throwable> PLANTED = new AtomicReference<>();

    private final DatabaseExecutor executor;

    /** As Pekko makes it. */
    public ThreadlessExecutor(Config dispatcher, DispatcherPrerequisites prerequisites) {
        super(dispatcher, prerequisites);
        executor = new DatabaseExecutor(dispatcher, prerequisites);
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        return executor.createExecutorServiceFactory(id, task -> {
            Throwable planted = PLANTED.get();
            if (planted instanceof Error error) {
                throw error;
            }
            if (planted instanceof RuntimeException refusal) {
                throw refusal;
            }
            return threads.newThread(task);
        });
    }
}
