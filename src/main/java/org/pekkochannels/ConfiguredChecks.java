package org.pekkochannels;

import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.database.Database;
import org.pekkochannels.edge.HttpSettings;
import org.pekkochannels.edge.ReadyCheck;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.settings.Settings;

/** The checks of {@code channels.http.ready-checks}, databases that must be reachable, and that of a layer between nodes. Stateless. */
final class ConfiguredChecks {
    private static final String DEFAULT = "database";
    private static final String LAYER = "layer";
    private static final String NAMED = "databases.";

    private ConfiguredChecks() {}

    /** The checks in the configured order. */
    static List<ReadyCheck> of(ActorSystem<?> system) {
        HttpSettings.ReadyChecks settings =
                HttpSettings.of(system.settings().config()).readyChecks();
        List<ReadyCheck> checks = new ArrayList<>();
        for (String name : settings.names()) {
            if (checks.stream().anyMatch(known -> known.name().equals(name))) {
                throw bad(system, "must contain each name once", name);
            }
            checks.add(name.equals(LAYER) ? layer(system) : database(system, name, settings.timeout()));
        }
        if (!settings.names().contains(LAYER) && isCheckedByDefault(system)) {
            checks.add(layer(system));
        }
        return checks;
    }

    // An outage of a database that all nodes share would leave no node for clients.
    private static boolean isCheckedByDefault(ActorSystem<?> system) {
        String type = system.settings().config().getString("channels.layer.type");
        return !type.equals("in-memory") && !type.equals("postgres");
    }

    private static ReadyCheck layer(ActorSystem<?> system) {
        ChannelLayer layer = ChannelLayer.get(system);
        return new ReadyCheck(LAYER, layer::ready);
    }

    private static ReadyCheck database(ActorSystem<?> system, String name, Duration timeout) {
        Database database = database(system, name);
        // The other half is for a database whose threads are busy: its answer must not arrive after the timeout.
        Duration time = timeout.dividedBy(2);
        return new ReadyCheck(name, () -> database.ping(time));
    }

    /** Whether the name is reserved for checks of the configuration. */
    static boolean isReserved(String name) {
        return name.equals(DEFAULT) || name.equals(LAYER) || name.startsWith(NAMED);
    }

    private static Database database(ActorSystem<?> system, String name) {
        Set<String> known =
                system.settings().config().getObject("channels.databases").keySet();
        if (name.equals(DEFAULT)) {
            return Database.get(system);
        } else if (name.startsWith(NAMED) && known.contains(name.substring(NAMED.length()))) {
            return Database.get(system, name.substring(NAMED.length()));
        }
        throw bad(
                system,
                "must contain only 'database', 'layer', or 'databases.' and a name of channels.databases " + known
                        + "; an application adds custom checks with Channels.readyCheck(..)",
                name);
    }

    private static ConfigException bad(ActorSystem<?> system, String rule, String name) {
        return Settings.of(system.settings().config(), "channels.http").bad("ready-checks", rule, name);
    }
}
