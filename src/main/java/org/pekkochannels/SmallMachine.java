package org.pekkochannels;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.stream.Stream;
import org.pekkochannels.settings.Settings;

/**
 * What a machine with few cores does better than with Pekko's defaults, for a system that {@code Channels} makes itself.
 *
 * <p>Pekko's default dispatcher has at least 8 threads, and its sockets have 5 more; on 2 cores, most of a message's time is
 * spent on waking one from another. One pool for all, of a thread for each core and one that may wait for sockets, costs a
 * message half of that. Immutable.
 */
final class SmallMachine {
    private enum Kind {
        AUTO,
        PEKKO
    }

    // Pekko's least for its default dispatcher: from here on it has a thread for each core anyway.
    private static final int ENOUGH_CORES = 8;
    private static final String DISPATCHER = "pekko.actor.default-dispatcher";
    private static final String SELECTOR = "pekko.io.tcp.selector-dispatcher";
    private static final String WORKER = "pekko.io.tcp.worker-dispatcher";

    private SmallMachine() {}

    /** The configuration with what suits so many cores, unless it says something of its own about these threads. */
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
                // To wait with a timeout costs the kernel a timer each time, and these threads are few.
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
