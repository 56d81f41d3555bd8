package org.pekkochannels.database.jdbc;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pekkochannels.settings.Settings;

/**
 * The part of the configuration that describes one database, {@code channels.database} or a section of
 * {@code channels.databases}; immutable.
 *
 * @param name what its threads and its pool are called
 * @param path where it stands
 * @param config all its keys: its own, and for a named one those of {@code channels.database} that it does not say
 */
public record DatabaseSection(String name, String path, Config config) {
    /** The path of the default database's section, which environment variables fill. */
    public static final String DEFAULT = "channels.database";

    private static final String DEFAULT_LABEL = "default";
    private static final String NAMED = "channels.databases";
    private static final String DISPATCHER = ".dispatcher";

    public static DatabaseSection ofDefault(Config root) {
        return new DatabaseSection("channels-database", DEFAULT, root.getConfig(DEFAULT));
    }

    public static DatabaseSection named(Config root, String name) {
        if (!names(root).contains(name)) {
            throw new IllegalArgumentException("database '" + name + "' has no section " + path(name)
                    + " in the configuration; there are " + names(root));
        }
        if (name.isEmpty() || name.equals(DEFAULT_LABEL)) {
            throw new ConfigException.BadValue(
                    root.getValue(path(name)).origin(),
                    path(name),
                    "must have another name: '" + DEFAULT_LABEL + "' is what channels.database is called in metrics and"
                            + " traces, and an empty name is not one");
        }
        Config own = root.getConfig(path(name));
        own.entrySet().forEach(entry -> requireKnown(root, path(name), entry));
        return new DatabaseSection("channels-database-" + name, path(name), own.withFallback(inherited(root, own)));
    }

    /** The section whose dispatcher Pekko is about to make. */
    public static DatabaseSection ofDispatcher(Config root, String id) {
        String path = id.substring(0, id.length() - DISPATCHER.length());
        return path.equals(DEFAULT) ? ofDefault(root) : named(root, last(ConfigUtil.splitPath(path)));
    }

    public static Set<String> names(Config root) {
        return root.getObject(NAMED).keySet();
    }

    public boolean isDefault() {
        return path.equals(DEFAULT);
    }

    /** What it is called where it stands beside others: in metrics and traces. */
    public String label() {
        return isDefault() ? DEFAULT_LABEL : last(ConfigUtil.splitPath(path));
    }

    public Settings settings() {
        return Settings.of(config.atPath(path), path);
    }

    public String dispatcherId() {
        return path + DISPATCHER;
    }

    /** The dispatcher's keys, with the one that Pekko adds, and takes as the dispatcher's name. */
    public Config dispatcher() {
        return config.getConfig("dispatcher").withValue("id", ConfigValueFactory.fromAnyRef(dispatcherId()));
    }

    private static String path(String name) {
        return ConfigUtil.joinPath("channels", "databases", name);
    }

    private static String last(List<String> elements) {
        return elements.get(elements.size() - 1);
    }

    private static void requireKnown(Config root, String path, Map.Entry<String, ConfigValue> entry) {
        if (!root.hasPath(DEFAULT + "." + entry.getKey())) {
            throw new ConfigException.BadValue(
                    entry.getValue().origin(), path + "." + entry.getKey(), "there is no such key in " + DEFAULT);
        }
    }

    // Credentials that stand in a section's own URL are meant for it, not those of another server.
    private static Config inherited(Config root, Config own) {
        Config all = root.getConfig(DEFAULT);
        boolean hasCredentials = own.hasPath("url")
                && DatabaseUrl.parse(own.getString("url"))
                        .filter(url -> new Secrets(url.jdbc(), url.user(), "").haveUser())
                        .isPresent();
        return hasCredentials ? all.withValue("user", empty()).withValue("password", empty()) : all;
    }

    private static ConfigValue empty() {
        return ConfigValueFactory.fromAnyRef("");
    }
}
