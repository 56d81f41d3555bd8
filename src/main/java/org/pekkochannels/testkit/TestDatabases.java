package org.pekkochannels.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Databases of which each test has its own. Used by one test class; thread-safe, because classes run in parallel. */
abstract class TestDatabases implements AutoCloseable {
    private static final String URL = "channels.database.url";
    private static final String H2 = "jdbc:h2:";
    private static final String POSTGRES = "jdbc:postgresql:";
    // Names must differ between the processes that use one server.
    private static final String RUN = Long.toString(ProcessHandle.current().pid(), 36)
            + Long.toString(System.identityHashCode(TestDatabases.class), 36);
    private static final AtomicInteger COUNT = new AtomicInteger();

    /**
     * The databases for a configuration.
     *
     * @param config the application's configuration, with the database to imitate
     * @param build starts and stops the application with a configuration, so that it creates its tables
     */
    static TestDatabases of(Config config, Consumer<Config> build) {
        String url = config.getString(URL);
        if (url.startsWith(H2)) {
            return new InMemory(url);
        } else if (url.startsWith(POSTGRES)) {
            return new Copies(config, url, build);
        }
        throw new IllegalStateException("@FreshDatabase supports H2 and PostgreSQL; " + URL
                + " names neither, change it in @ChannelsTest(config)");
    }

    /**
     * The configuration with a database in memory in place of one in H2's files, which a test must not change; any other stays.
     *
     * @param config the application's configuration
     */
    static Config withoutFiles(Config config) {
        String url = config.getString(URL);
        boolean inFiles = url.startsWith(H2) && !url.startsWith(H2 + "mem:") && !url.startsWith(H2 + "tcp:");
        return inFiles ? withUrl(config, InMemory.url(url)) : config;
    }

    /** Deletes the database in memory of a configuration of {@link #withoutFiles}; any other stays. */
    static void forget(Config config) {
        if (config.getString(URL).startsWith(H2 + "mem:channels_test_")) {
            InMemory.shutDown(config);
        }
    }

    private static Config withUrl(Config config, String url) {
        return ConfigFactory.parseMap(Map.of(URL, url)).withFallback(config);
    }

    private static String newName() {
        return "channels_test_" + RUN + "_" + COUNT.incrementAndGet();
    }

    /** The configuration with a new database. */
    abstract Config create(Config config);

    /** Deletes a database that {@link #create} has made, after its application has stopped. */
    abstract void drop(Config created);

    /** Deletes what the databases were made from. */
    @Override
    public void close() {
        // nothing by default
    }

    private static void execute(String url, String user, String password, String sql) {
        try (Connection connection = user.isEmpty()
                        ? DriverManager.getConnection(url)
                        : DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot prepare the database of a test: " + sql, e);
        }
    }

    private static final class InMemory extends TestDatabases {
        // Options that have a meaning for files or other processes only, or are set here.
        private static final List<String> OF_FILES = List.of(
                "FILE_LOCK",
                "AUTO_SERVER",
                "AUTO_SERVER_PORT",
                "IFEXISTS",
                "CIPHER",
                "DB_CLOSE_DELAY",
                "ACCESS_MODE_DATA");

        private final String configured;

        InMemory(String configured) {
            this.configured = configured;
        }

        /** A new database, which lives until it is shut down. */
        static String url(String configured) {
            String options = Arrays.stream(configured.split(";"))
                    .skip(1)
                    .filter(option -> OF_FILES.stream()
                            .noneMatch(name -> option.toUpperCase(Locale.ROOT).startsWith(name + "=")))
                    .map(option -> ";" + option)
                    .collect(Collectors.joining());
            return H2 + "mem:" + newName() + options + ";DB_CLOSE_DELAY=-1";
        }

        @Override
        Config create(Config config) {
            return withUrl(config, url(configured));
        }

        /** Does nothing here: the application deletes a database of this name when it has stopped. */
        @Override
        void drop(Config created) {}

        static void shutDown(Config config) {
            execute(
                    config.getString(URL),
                    config.getString("channels.database.user"),
                    config.getString("channels.database.password"),
                    "shutdown immediately");
        }
    }

    private static final class Copies extends TestDatabases {
        private final Config config;
        private final String url;
        private final String template;

        Copies(Config config, String url, Consumer<Config> build) {
            this.config = config;
            this.url = url;
            this.template = newName() + "_template";
            admin("create database " + template);
            build.accept(withUrl(config, named(template)));
        }

        @Override
        Config create(Config from) {
            String name = newName();
            admin("create database " + name + " template " + template);
            return withUrl(from, named(name));
        }

        @Override
        void drop(Config created) {
            admin("drop database if exists " + name(created.getString(URL)) + " with (force)");
        }

        @Override
        public void close() {
            admin("drop database if exists " + template + " with (force)");
        }

        private void admin(String sql) {
            execute(
                    url,
                    config.getString("channels.database.user"),
                    config.getString("channels.database.password"),
                    sql);
        }

        /** The URL with another database. */
        private String named(String database) {
            int options = url.indexOf('?');
            String address = options < 0 ? url : url.substring(0, options);
            return address.substring(0, address.lastIndexOf('/') + 1)
                    + database
                    + (options < 0 ? "" : url.substring(options));
        }

        private static String name(String url) {
            return Stream.of(url.split("[?]")).findFirst().orElseThrow().replaceAll(".*/", "");
        }
    }
}
