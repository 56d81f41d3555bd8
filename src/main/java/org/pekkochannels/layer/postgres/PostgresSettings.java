package org.pekkochannels.layer.postgres;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.sql.Driver;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.jdbc.DatabaseSection;
import org.pekkochannels.database.jdbc.DatabaseSettings;
import org.pekkochannels.database.jdbc.DatabaseUrl;
import org.pekkochannels.database.jdbc.DriverLookup;
import org.pekkochannels.database.jdbc.JdbcSource;
import org.pekkochannels.database.jdbc.UrlCheck;
import org.pekkochannels.database.jdbc.Vendor;
import org.pekkochannels.settings.Settings;

/**
 * What {@code channels.layer} says about the layer in PostgreSQL. Immutable.
 *
 * @param maxEvent the most bytes of an event's payload
 * @param queueBytes the most bytes of events that wait to be written
 * @param sendTimeout how long a statement may wait for the server
 * @param schema where the tables are
 * @param create whether they are created if they are missing
 * @param shared whether the database is that of {@code channels.database}
 */
record PostgresSettings(
        int maxEvent, long queueBytes, Duration sendTimeout, String schema, boolean create, boolean shared) {
    private static final int MIN_MAX_EVENT = 1 << 10;
    private static final int MAX_MAX_EVENT = 1 << 26;
    private static final int MIN_QUEUE = 1 << 16;
    private static final int MAX_QUEUE = 1 << 30;
    private static final String SECTION = "channels.layer.postgres";
    private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,50}");

    // Both are networked logins of one node, and each replaces its connection by itself.
    private static final int CONNECTIONS = 2;

    private enum Create {
        AUTO,
        ON,
        OFF
    }

    static PostgresSettings of(Settings settings, Config root) {
        String schema = settings.text("postgres.schema");
        if (!SCHEMA.matcher(schema).matches()) {
            throw settings.bad("postgres.schema", "must be 1-51 of [a-z0-9_], not beginning with a digit", schema);
        }
        String listen = settings.text("postgres.listen-url");
        if (!listen.isEmpty() && DatabaseUrl.parse(listen).isEmpty()) {
            throw settings.secret("postgres.listen-url", DatabaseUrl.RULE);
        }
        return new PostgresSettings(
                settings.bytes("max-event", MIN_MAX_EVENT, MAX_MAX_EVENT),
                settings.bytes("postgres.queue-bytes", MIN_QUEUE, MAX_QUEUE),
                settings.duration("postgres.send-timeout", Duration.ofMillis(100), Duration.ofMinutes(10)),
                schema,
                isCreated(settings.choice("postgres.create", Create.class), root),
                settings.text("postgres.url").isEmpty());
    }

    private static boolean isCreated(Create create, Config root) {
        return create == Create.AUTO ? Settings.isDevelopment(root) : create == Create.ON;
    }

    /** The connections of the writer. */
    static DataSource writers(Config root, @Nullable ClassLoader loader) {
        return source(root, "url", loader);
    }

    /** The connections of the reader. */
    static DataSource readers(Config root, @Nullable ClassLoader loader) {
        String key = root.getString(SECTION + ".listen-url").isEmpty() ? "url" : "listen-url";
        return source(root, key, loader);
    }

    private static DataSource source(Config root, String key, @Nullable ClassLoader loader) {
        DatabaseSection section = section(root, key);
        DatabaseSettings settings = DatabaseSettings.of(section);
        if (Vendor.of(settings.url()) != Vendor.POSTGRESQL) {
            boolean own = section.path().equals(SECTION);
            throw (own ? Settings.of(root, SECTION) : section.settings())
                    .bad(
                            own ? key : "url",
                            "must be a URL of PostgreSQL for channels.layer.type = postgres; with another database use"
                                    + " channels.layer.type = in-memory, or cluster between nodes",
                            DatabaseUrl.parse(settings.url().jdbc())
                                    .map(DatabaseUrl::toString)
                                    .orElse(""));
        }
        Driver driver = DriverLookup.require(section.path(), settings.url(), loader);
        UrlCheck.check(driver, settings.url(), section.path());
        return new JdbcSource(driver, settings, CONNECTIONS, Optional.empty());
    }

    /** The section of a database: that of the application, or with a URL of the layer. */
    private static DatabaseSection section(Config root, String key) {
        DatabaseSection application = DatabaseSection.ofDefault(root);
        Config own = root.getConfig(SECTION);
        // The layer writes in any case.
        Config base = application.config().withValue("read-only", ConfigValueFactory.fromAnyRef("off"));
        String url = own.getString(key);
        return url.isEmpty()
                ? new DatabaseSection("channels-layer", application.path(), base)
                : new DatabaseSection(
                        "channels-layer",
                        SECTION,
                        base.withValue("url", ConfigValueFactory.fromAnyRef(url))
                                .withValue("user", own.getValue("user"))
                                .withValue("password", own.getValue("password")));
    }
}
