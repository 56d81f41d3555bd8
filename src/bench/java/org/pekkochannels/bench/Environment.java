package org.pekkochannels.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.Optional;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;

/** What both servers take from the environment; immutable. */
record Environment(int port, String databaseUrl, String databaseUser, int threads) {
    private static final String EMBEDDED =
            "jdbc:h2:mem:bench;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE";
    private static final int MOST_THREADS_BY_DEFAULT = 32;

    static Environment read() {
        return new Environment(
                Integer.parseInt(variable("PORT", "8000")),
                jdbc(variable("DATABASE_URL", EMBEDDED)),
                variable("DATABASE_USER", ""),
                Integer.parseInt(variable("ASGI_THREADS", String.valueOf(defaultThreads()))));
    }

    /** Ours on that database, with so many threads. */
    Config config(int databaseThreads) {
        return ConfigFactory.parseMap(Map.of(
                        "channels.http.interface", "127.0.0.1",
                        "channels.http.port", port,
                        "channels.http.access-log", "on",
                        "channels.database.url", databaseUrl,
                        "channels.database.user", databaseUser,
                        "channels.database.threads", databaseThreads))
                .withFallback(ConfigFactory.load());
    }

    /** What an application has, on any free port, for work without WebSockets. */
    ChannelsServer start(int databaseThreads) {
        return Channels.load(ConfigFactory.parseString("channels.http.port = 0").withFallback(config(databaseThreads)))
                .start();
    }

    private static String variable(String name, String absent) {
        return Optional.ofNullable(System.getenv(name))
                .filter(value -> !value.isEmpty())
                .orElse(absent);
    }

    // As channels.database.threads = auto.
    private static int defaultThreads() {
        return Math.min(MOST_THREADS_BY_DEFAULT, Runtime.getRuntime().availableProcessors() + 4);
    }

    // Without credentials: those are in DATABASE_USER here.
    private static String jdbc(String url) {
        return url.replaceFirst("^postgres(ql)?://", "jdbc:postgresql://");
    }
}
