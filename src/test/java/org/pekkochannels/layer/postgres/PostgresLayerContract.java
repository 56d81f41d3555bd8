package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Presence;
import org.pekkochannels.testkit.ChannelLayerContract;

/** The contract over nodes that share a database. */
abstract class PostgresLayerContract extends ChannelLayerContract {
    private final AtomicLong clock = new AtomicLong();
    // By what they were opened with: opening costs more than most cases, and most leave a node as it was.
    private final Map<String, List<PostgresLayer>> idle = new HashMap<>();
    private final Map<ChannelLayer, String> kinds = new HashMap<>();
    private final List<PostgresLayer> used = new ArrayList<>();
    private PostgresNodes nodes;

    /** The nodes, none of which is open. */
    abstract PostgresNodes nodes() throws Exception;

    /** The database, as JDBC has it. */
    abstract String url();

    @BeforeAll
    void start() throws Exception {
        nodes = nodes();
    }

    @AfterAll
    void closeAll() throws Exception {
        nodes.close();
        closeServers();
    }

    /** Called when all nodes are closed. */
    void closeServers() throws Exception {}

    @Override
    protected List<PostgresLayer> newNodes(int count, int capacity, Duration expiry) throws Exception {
        String kind = capacity + " " + expiry;
        List<PostgresLayer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<PostgresLayer> same = idle.computeIfAbsent(kind, any -> new ArrayList<>());
            PostgresLayer layer =
                    same.isEmpty() ? nodes.open(capacity, expiry, clock::get) : same.remove(same.size() - 1);
            kinds.put(layer, kind);
            layers.add(layer);
            used.add(layer);
        }
        return layers;
    }

    /** A node with channels is closed in the middle of a case; one without is used again. */
    @Override
    protected void close(ChannelLayer node) {
        used.remove(node);
        if (node.stats().channels() > 0) {
            PostgresNodes.close((PostgresLayer) node);
        } else {
            requireNonNull(idle.get(kinds.get(node))).add((PostgresLayer) node);
        }
    }

    /** The channels' clock is the test's; to the server, its rows become older. */
    @Override
    protected void pass(Duration time) throws Exception {
        if (used.stream().anyMatch(PostgresLayerContract::isPresent)) {
            nodes.exchangePresence(used);
        }
        clock.addAndGet(time.toNanos());
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "update channels_event set expires = expires - interval '" + time.toMillis() + " milliseconds'");
        }
    }

    private static boolean isPresent(PostgresLayer node) {
        Presence.Stats stats = node.presence().stats();
        return stats.entries() + stats.watches() > 0;
    }

    @Override
    protected Duration presenceTick() {
        return PostgresNodes.TICK;
    }

    @Override
    protected int rounds() {
        return Boolean.getBoolean("channels.proofs") ? 1000 : 100;
    }
}
