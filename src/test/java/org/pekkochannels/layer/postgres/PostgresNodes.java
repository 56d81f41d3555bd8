package org.pekkochannels.layer.postgres;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pekkochannels.layer.LocalChannels;
import org.pekkochannels.settings.Settings;

/** Nodes of one database, without actor systems. */
final class PostgresNodes implements AutoCloseable {
    private static final String CONFIG = """
            channels.layer.history = [{prefix = kept, size = 10, ttl = 1h}, {prefix = brief, size = 10, ttl = 1s}]
            channels.layer.postgres.create = on
            """;

    private final Config config;
    private final List<PostgresLayer> open = new ArrayList<>();

    PostgresNodes(String url) {
        this(url, "");
    }

    /** With more configuration. */
    PostgresNodes(String url, String more) {
        this.config = ConfigFactory.parseString(more)
                .withFallback(ConfigFactory.parseString("channels.database.url = \"" + url + "\""))
                .withFallback(ConfigFactory.parseString(CONFIG))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    PostgresLayer open() throws Exception {
        return open(1000, Duration.ofHours(1), System::nanoTime);
    }

    PostgresLayer open(int capacity, Duration expiry, LongSupplier clock) throws Exception {
        PostgresLayer layer = starting(capacity, expiry, clock);
        layer.started().toCompletableFuture().get(30, TimeUnit.SECONDS);
        return layer;
    }

    /** Does not wait for the start. */
    PostgresLayer starting(int capacity, Duration expiry, LongSupplier clock) {
        Settings section = Settings.of(config, "channels.layer");
        PostgresLayer layer = new PostgresLayer(
                section,
                PostgresSettings.of(section, config),
                config,
                PostgresNodes.class.getClassLoader(),
                new LocalChannels(capacity, expiry, clock),
                ForkJoinPool.commonPool());
        open.add(layer);
        return layer;
    }

    static void close(PostgresLayer layer) {
        layer.leave().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        open.forEach(PostgresNodes::close);
    }
}
