package org.pekkochannels.identity;

import com.typesafe.config.Config;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.pekkochannels.database.Database;
import org.pekkochannels.settings.Settings;

/**
 * The key {@code database} of a section. Immutable.
 *
 * @param name a section of {@code channels.databases}; empty for {@code channels.database}
 */
record ChosenDatabase(String name) {
    private static final String KEY = "database";

    /** Reads and checks the key. */
    static ChosenDatabase of(Settings settings, Config config) {
        String name = settings.text(KEY);
        if (!name.isEmpty() && !config.getObject("channels.databases").containsKey(name)) {
            throw settings.bad(KEY, "must be empty, or the name of a section of channels.databases", name);
        }
        return new ChosenDatabase(name);
    }

    Database in(ClassicActorSystemProvider system) {
        return name.isEmpty() ? Database.get(system) : Database.get(system, name);
    }
}
