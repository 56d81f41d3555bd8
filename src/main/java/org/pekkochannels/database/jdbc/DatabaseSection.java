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
 * The part of the configuration for one database, {@code channels.database} or a section of {@code channels.databases}. Immutable.
 *
 * @param name the name of its threads and its pool
 * @param path its path
 * @param config all its keys; a named one inherits missing keys from {@code channels.database}
 */
public record DatabaseSection(String name, String path, Config config) {
    /** The path of the default database's section, which environment variables can set. */
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
                    + " in the configuration; existing ones are " + names(root));
        }
        if (name.isEmpty() || name.equals(DEFAULT_LABEL)) {
            throw new ConfigException.BadValue(
                    root.getValue(path(name)).origin(),
                    path(name),
                    "must have another name: '" + DEFAULT_LABEL + "' is the name of channels.database in metrics and"
                            + " traces, and a name must not be empty");
        }
        Config own = root.getConfig(path(name));
        own.entrySet().forEach(entry -> requireKnown(root, path(name), entry));
        return new DatabaseSection("channels-database-" + name, path(name), own.withFallback(inherited(root, own)));
    }

    /** The section whose dispatcher Pekko is about to create. */
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

    /** Its name in metrics and traces. */
    public String label() {
        return isDefault() ? DEFAULT_LABEL : last(ConfigUtil.splitPath(path));
    }

    public Settings settings() {
        return Settings.of(config.atPath(path), path);
    }

    public String dispatcherId() {
        return path + DISPATCHER;
    }

    /** The dispatcher's keys, including the id that Pekko adds as the dispatcher's name. */
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
                    entry.getValue().origin(), path + "." + entry.getKey(), "is not a key of " + DEFAULT);
        }
    }

    // Credentials in a section's own URL are used, not inherited ones for another server.
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
