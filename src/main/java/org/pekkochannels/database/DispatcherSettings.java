package org.pekkochannels.database;

import java.time.Duration;
import java.util.Optional;
import org.pekkochannels.database.jdbc.DatabaseSection;
import org.pekkochannels.settings.Settings;

/**
 * The bounds of running and waiting database work in one section of the configuration. Immutable.
 *
 * @param section the path of the section, for messages
 * @param threads the number of database threads, which is also the size of the connection pool
 * @param keepAlive how long an idle thread stays
 * @param maxWaiting how many calls may wait for a thread
 * @param maxWait how long a call may wait for a thread
 * @param maxBatches the maximum number of names of batches
 * @param statementTimeout the limit of a statement, if any
 * @param lockTimeout the limit of a statement's wait for a lock, if any
 * @param handleWarning how long a handle may be open before a warning, if any
 * @param stopTimeout how long a stopping database waits for running work
 */
record DispatcherSettings(
        String section,
        int threads,
        Duration keepAlive,
        int maxWaiting,
        Duration maxWait,
        int maxBatches,
        Optional<Duration> statementTimeout,
        Optional<Duration> lockTimeout,
        Optional<Duration> handleWarning,
        Duration stopTimeout) {
    // No known database is served by a larger pool.
    private static final int MAX_THREADS = 4096;
    // A larger queue is not a useful bound: at 1 ms per call and one thread, the last call waits 17 minutes.
    private static final int MAX_WAITING = 1_000_000;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(24);
    // One tick of Pekko's scheduler.
    private static final Duration SHORTEST_WARNING = Duration.ofMillis(10);

    static DispatcherSettings of(DatabaseSection section) {
        Settings settings = section.settings();
        return new DispatcherSettings(
                section.path(),
                threads(settings),
                settings.duration("thread-keep-alive", SHORTEST, Duration.ofHours(1)),
                settings.integer("max-waiting", 0, MAX_WAITING),
                settings.duration("max-wait", SHORTEST, Duration.ofHours(1)),
                settings.integer("max-batches", 1, MAX_WAITING),
                settings.durationOrOff("statement-timeout", SHORTEST, LONGEST),
                settings.durationOrOff("lock-timeout", SHORTEST, LONGEST),
                settings.durationOrOff("handle-warning", SHORTEST_WARNING, LONGEST),
                settings.duration("stop-timeout", Duration.ZERO, Duration.ofHours(1)));
    }

    private static int threads(Settings settings) {
        String text = settings.text("threads");
        return text.equals("auto") ? automaticThreads() : checkedThreads(settings, text);
    }

    // The rule of Python's ThreadPoolExecutor, whose pool ASGI_THREADS sizes in Channels.
    private static int automaticThreads() {
        return Math.min(32, Runtime.getRuntime().availableProcessors() + 4);
    }

    private static int checkedThreads(Settings settings, String text) {
        try {
            int threads = Integer.parseInt(text);
            if (threads >= 1 && threads <= MAX_THREADS) {
                return threads;
            }
        } catch (NumberFormatException e) {
            throw badThreads(settings, text);
        }
        throw badThreads(settings, text);
    }

    private static RuntimeException badThreads(Settings settings, String text) {
        String rule = "must be 'auto' or a whole number from 1 to " + MAX_THREADS;
        return settings.bad("threads", rule, text);
    }
}
