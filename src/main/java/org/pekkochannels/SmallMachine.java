package org.pekkochannels;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.stream.Stream;
import org.pekkochannels.settings.Settings;

/**
 * Thread settings for a machine with few cores, for a system that {@code Channels} creates.
 *
 * <p>Pekko's default dispatcher has at least 8 threads, and its sockets have 5 more. On 2 cores, most of a message's time is spent on
 * waking one thread from another. One shared pool, with a thread per core and one that may wait for sockets, halves a message's cost.
 * Immutable.
 */
final class SmallMachine {
    private enum Kind {
        AUTO,
        PEKKO
    }

    // Pekko's minimum for its default dispatcher; from this number on it has one thread per core anyway.
    private static final int ENOUGH_CORES = 8;
    private static final String DISPATCHER = "pekko.actor.default-dispatcher";
    private static final String SELECTOR = "pekko.io.tcp.selector-dispatcher";
    private static final String WORKER = "pekko.io.tcp.worker-dispatcher";

    private SmallMachine() {}

    /** Adds the settings for this number of cores, unless the configuration changes these threads itself. */
    static Config tuned(Config config, int cores) {
        boolean wanted = Settings.of(config, "channels").choice("default-dispatcher", Kind.class) == Kind.AUTO;
        return wanted && cores < ENOUGH_CORES && isUntouched(config) ? onePool(config, cores) : config;
    }

    private static boolean isUntouched(Config config) {
        Config reference = ConfigFactory.defaultReference();
        return Stream.of(DISPATCHER, SELECTOR, WORKER)
                .allMatch(path -> config.getValue(path).equals(reference.getValue(path)));
    }

    private static Config onePool(Config config, int cores) {
        int threads = cores + config.getInt("pekko.io.tcp.nr-of-selectors");
        Map<String, ?> pool = Map.of(
                DISPATCHER + ".executor",
                "thread-pool-executor",
                DISPATCHER + ".thread-pool-executor.fixed-pool-size",
                threads,
                // Waiting with a timeout costs a kernel timer each time, and these threads are few.
                DISPATCHER + ".thread-pool-executor.allow-core-timeout",
                false,
                SELECTOR,
                DISPATCHER,
                WORKER,
                DISPATCHER);
        return ConfigFactory.parseMap(pool, "channels.default-dispatcher = auto")
                .withFallback(config);
    }
}
