package org.pekkochannels;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pekkochannels.edge.ContainedLogger;
import org.pekkochannels.edge.ContainedLoggingFilter;

/**
 * How Pekko logs in a system that {@code Channels} creates: through SLF4J, as by default. If an appender or a filter of the application
 * throws, a line is lost instead of the actor system. Immutable.
 */
final class PekkoLogging {
    private static final String LOGGERS = "pekko.loggers";
    private static final String FILTER = "pekko.logging-filter";
    private static final String SLF4J = "pekko.use-slf4j";
    private static final String PEKKOS = "org.apache.pekko.event.slf4j.Slf4jLogger";

    // With use-slf4j Pekko replaces the default logger with SLF4J's.
    private static final Set<List<String>> DEFAULTS =
            Set.of(List.of("org.apache.pekko.event.Logging$DefaultLogger"), List.of(PEKKOS));
    private static final Set<String> DEFAULT_FILTERS =
            Set.of("org.apache.pekko.event.DefaultLoggingFilter", "org.apache.pekko.event.slf4j.Slf4jLoggingFilter");

    private PekkoLogging() {}

    /** Installs loggers that contain failures, unless the configuration names other loggers. */
    static Config contained(Config config) {
        return isDefault(config) ? contained().withFallback(config) : config;
    }

    private static boolean isDefault(Config config) {
        return config.getBoolean(SLF4J)
                && DEFAULTS.contains(config.getStringList(LOGGERS))
                && DEFAULT_FILTERS.contains(config.getString(FILTER));
    }

    // use-slf4j is off; otherwise Pekko would add its SLF4J logger, and each line would be written twice.
    private static Config contained() {
        Map<String, ?> loggers = Map.of(
                LOGGERS, List.of(ContainedLogger.class.getName()),
                FILTER, ContainedLoggingFilter.class.getName(),
                SLF4J, false);
        return ConfigFactory.parseMap(loggers, "the loggers of Channels.load()");
    }
}
