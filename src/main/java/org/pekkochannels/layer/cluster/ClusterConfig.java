package org.pekkochannels.layer.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pekkochannels.settings.Settings;

/** What Pekko needs to be told so that a system becomes a node of a cluster, for a system that {@code Channels} creates. */
public final class ClusterConfig {
    private static final String STABLE_AFTER = "pekko.cluster.split-brain-resolver.stable-after";
    // Pekko's default, meant for a hundred nodes.
    private static final Duration PEKKO_STABLE_AFTER = Duration.ofSeconds(20);
    private static final int MAX_PORT = 65535;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern SEED = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}");

    private ClusterConfig() {}

    /**
     * Adds Pekko's keys to a configuration with {@code channels.layer.type = cluster}, and changes no other.
     *
     * @param config the whole, resolved configuration
     * @param system the name of the actor system
     * @return what the system is created with; fails with a {@code ConfigException} that names the key
     */
    public static Config of(Config config, String system) {
        Settings settings = Settings.of(config, "channels.layer");
        return settings.text("type").equals("cluster") ? clustered(config, settings, system) : config;
    }

    private static Config clustered(Config config, Settings settings, String system) {
        ClusterSettings.requireLibrary(settings);
        ClusterSettings.of(settings);
        Map<String, Object> keys = new HashMap<>(Map.of(
                "pekko.actor.provider",
                "cluster",
                "pekko.remote.artery.canonical.hostname",
                host(settings),
                "pekko.remote.artery.canonical.port",
                settings.integer("cluster.port", 0, MAX_PORT)));
        List<String> seeds = seeds(settings, system);
        if (!seeds.isEmpty()) {
            keys.put("pekko.cluster.seed-nodes", seeds);
        }
        if (config.getString(ClusterSettings.DOWNING).isEmpty()) {
            keys.put(ClusterSettings.DOWNING, ClusterSettings.OWN_DOWNING);
            if (config.getDuration(STABLE_AFTER).equals(PEKKO_STABLE_AFTER)) {
                keys.put(STABLE_AFTER, ClusterSettings.stableAfter(settings));
            }
        }
        return ConfigFactory.parseMap(keys, "channels.layer.cluster").withFallback(config);
    }

    private static String host(Settings settings) {
        String host = settings.text("cluster.host");
        if (!HOST.matcher(host).matches()) {
            throw settings.bad("cluster.host", "must be a name or an IP address, without a port", host);
        }
        return host;
    }

    private static List<String> seeds(Settings settings, String system) {
        return Stream.of(settings.text("cluster.seed-nodes").split(","))
                .map(String::strip)
                .filter(seed -> !seed.isEmpty())
                .map(seed -> address(settings, system, seed))
                .toList();
    }

    private static String address(Settings settings, String system, String seed) {
        if (!SEED.matcher(seed).matches()) {
            throw settings.bad("cluster.seed-nodes", "must be host:port, host:port ..", seed);
        }
        return "pekko://" + system + "@" + seed;
    }
}
