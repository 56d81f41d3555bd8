package org.pekkochannels.database;

import com.typesafe.config.Config;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.pekkochannels.database.jdbc.DatabaseSection;

/**
 * The executor of the database dispatcher: exactly the configured number of threads, which end when idle.
 *
 * <p>Pekko creates it by name, from {@code channels.database.dispatcher.executor}. Its queue is unbounded, because a Pekko dispatcher logs
 * an error for every rejected task; {@link Database} limits the work in front of it instead. Thread-safe.
 */
final class DatabaseExecutor extends ExecutorServiceConfigurator {
    private final String name;
    private final DispatcherSettings settings;

    /**
     * Called by Pekko; fails if a key of the dispatcher's section is out of bounds.
     *
     * @param dispatcher the dispatcher's own section
     * @param prerequisites provide the whole configuration, which contains the number of threads
     */
    DatabaseExecutor(Config dispatcher, DispatcherPrerequisites prerequisites) {
        super(dispatcher, prerequisites);
        DatabaseSection section =
                DatabaseSection.ofDispatcher(prerequisites.settings().config(), dispatcher.getString("id"));
        name = section.name();
        settings = DispatcherSettings.of(section);
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        ThreadFactory named = named(threads);
        return () -> executor(named);
    }

    private ExecutorService executor(ThreadFactory threads) {
        // All threads are core threads, so that the queue never delays the start of a thread.
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                settings.threads(),
                settings.threads(),
                settings.keepAlive().toNanos(),
                TimeUnit.NANOSECONDS,
                new LinkedBlockingQueue<>(),
                threads);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private ThreadFactory named(ThreadFactory threads) {
        AtomicInteger started = new AtomicInteger();
        return task -> {
            Thread thread = threads.newThread(task);
            thread.setName(name + "-" + started.incrementAndGet());
            return thread;
        };
    }
}
