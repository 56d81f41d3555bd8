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
import org.pekkochannels.settings.Settings;

/** The checks that {@code channels.http.ready-checks} names: databases that must be reachable. Stateless. */
final class ConfiguredChecks {
    private static final String DEFAULT = "database";
    private static final String NAMED = "databases.";

    private ConfiguredChecks() {}

    /** The checks in the order in which they are named. */
    static List<ReadyCheck> of(ActorSystem<?> system) {
        HttpSettings.ReadyChecks settings =
                HttpSettings.of(system.settings().config()).readyChecks();
        List<ReadyCheck> checks = new ArrayList<>();
        for (String name : settings.names()) {
            if (checks.stream().anyMatch(known -> known.name().equals(name))) {
                throw bad(system, "must hold each name once", name);
            }
            Database database = database(system, name);
            // The rest is for the answer of a database whose threads are busy: it must not come after the time-out.
            Duration time = settings.timeout().dividedBy(2);
            checks.add(new ReadyCheck(name, () -> database.ping(time)));
        }
        return checks;
    }

    /** Whether a name is one that may stand in the configuration. */
    static boolean isReserved(String name) {
        return name.equals(DEFAULT) || name.startsWith(NAMED);
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
                "must hold 'database', or 'databases.' and a name of channels.databases " + known
                        + "; an application adds checks of its own with Channels.readyCheck(..)",
                name);
    }

    private static ConfigException bad(ActorSystem<?> system, String rule, String name) {
        return Settings.of(system.settings().config(), "channels.http").bad("ready-checks", rule, name);
    }
}
