package org.pekkochannels.layer.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.LocalChannels;
import org.pekkochannels.layer.PresenceExchange;
import org.pekkochannels.layer.TestChannels;
import org.pekkochannels.settings.Settings;

/** Nodes of one database, without actor systems. */
final class PostgresNodes implements AutoCloseable {
    // A change, that another node has missed one, its question and the answer.
    private static final int ROUNDS = 4;

    private static final String CONFIG = """
            channels.layer.history = [{prefix = kept, size = 10, ttl = 1h}, {prefix = brief, size = 10, ttl = 1s}]
            channels.layer.postgres.create = on
            """;

    /** How often presence is written; tests wait for it in real time. */
    static final Duration TICK = Duration.ofMillis(100);

    private final Config config;
    private final Map<PostgresLayer, LocalChannels> open = new LinkedHashMap<>();

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
        LocalChannels local = TestChannels.open(capacity, expiry, clock, TICK);
        PostgresLayer layer = new PostgresLayer(
                section,
                PostgresSettings.of(section, config),
                config,
                PostgresNodes.class.getClassLoader(),
                local,
                ForkJoinPool.commonPool());
        open.put(layer, local);
        return layer;
    }

    /** Returns when these nodes know each other's presence, as it is now. */
    void exchangePresence(Collection<PostgresLayer> among) throws InterruptedException {
        for (PostgresLayer layer : among) {
            PresenceExchange exchange = Objects.requireNonNull(open.get(layer)).presenceExchange();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (exchange.isPending()) {
                assertThat(System.nanoTime() - end).isNegative();
                Thread.sleep(2);
            }
        }
        for (int i = 0; i < ROUNDS; i++) {
            sendToEachOther(among);
        }
    }

    /** An event arrives after what was written before it, also at its own node. */
    private static void sendToEachOther(Collection<PostgresLayer> among) throws InterruptedException {
        CountDownLatch received = new CountDownLatch(among.size() * among.size());
        List<Channel> channels = new ArrayList<>();
        for (PostgresLayer to : among) {
            Channel channel = to.newChannel(event -> received.countDown());
            channels.add(channel);
            among.forEach(from -> from.send(channel.name(), Event.of("after")));
        }
        assertThat(received.await(60, TimeUnit.SECONDS)).isTrue();
        channels.forEach(Channel::close);
    }

    static void close(PostgresLayer layer) {
        layer.leave().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        open.keySet().forEach(PostgresNodes::close);
    }
}
