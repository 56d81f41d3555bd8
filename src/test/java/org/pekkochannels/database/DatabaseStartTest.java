package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.database.jdbc.DatabaseSection;
import org.pekkochannels.database.jdbc.DatabaseSettings;
import org.pekkochannels.database.jdbc.DatabaseUrl;
import org.pekkochannels.database.jdbc.DriverLookup;
import org.slf4j.LoggerFactory;

/** What the configuration may say, and how the start fails otherwise. */
final class DatabaseStartTest {
    /** Sees no registered drivers, and no classes of one package. */
    private static final class Driverless extends ClassLoader {
        private final String hidden;

        Driverless(String hidden) {
            super(DatabaseStartTest.class.getClassLoader());
            this.hidden = hidden;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith(hidden)) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            return name.endsWith(Driver.class.getName()) ? Collections.emptyEnumeration() : super.getResources(name);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-waiting        | -1    | from 0 to 1000000",
                "max-waiting        | many  | from 0 to 1000000",
                "max-wait           | 0s    | from 1ms to 3600s",
                "thread-keep-alive  | 0s    | from 1ms to 3600s",
                "stop-timeout       | 2h    | from 0s to 3600s",
                "connection-timeout | 100ms | from 250ms to 300s",
                "idle-timeout       | 9s    | from 10s to 43200s",
                "idle-timeout       | 31m   | must be at least 1s more than channels.database.idle-timeout, which is 31m",
                "max-lifetime       | 29s   | from 30s to 86400s",
                "max-lifetime       | 60s   | at least 1s more than channels.database.idle-timeout, which is 60s",
                "url                | x     | must be a JDBC URL",
                "url                | x     | (environment variable DATABASE_URL sets it)",
                "threads            | 0     | (environment variable ASGI_THREADS sets it)",
            })
    void refusesAValueOutOfBounds(String key, String value, String rule) {
        assertThatThrownBy(() -> TestDatabase.start("channels.database." + key + " = " + value))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("channels.database." + key)
                .hasMessageContaining(rule);
    }

    @ParameterizedTest
    @CsvSource({
        "mysql, com.mysql:mysql-connector-j",
        "mysql, org.mariadb.jdbc:mariadb-java-client",
        "unheard-of, the JDBC driver of that database",
        "postgres, jdbc:postgresql:",
    })
    void namesTheArtifactOfAMissingDriver(String database, String artifact) throws SQLException {
        Driver mysql = DriverManager.getDriver("jdbc:mysql://host/");
        DriverManager.deregisterDriver(mysql);
        ActorSystem system = ActorSystem.create(
                "database-test",
                TestDatabase.config(TestDatabase.url("jdbc:" + database + "://u:s3cret@host/name")),
                new Driverless("com.mysql."));
        try {
            assertThatThrownBy(() -> Database.get(system))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("channels.database.url")
                    .hasMessageContaining("jdbc:" + database + ":")
                    .hasMessageContaining(artifact)
                    .hasMessageNotContaining("s3cret");
        } finally {
            TestDatabase.terminate(system);
            DriverManager.registerDriver(mysql);
        }
    }

    @Test
    void findsADriverThatAFatJarHasLostTheNameOf() throws SQLException {
        Driver mysql = DriverManager.getDriver("jdbc:mysql://host/");
        DriverManager.deregisterDriver(mysql);
        DatabaseUrl url = DatabaseUrl.parse("jdbc:mysql://u:s3cret@host/name").orElseThrow();
        try (Log log = new Log()) {
            Driver found = DriverLookup.require("channels.database", url, new Driverless("none"));

            assertThat(found).hasSameClassAs(mysql);
            assertThat(log.text())
                    .contains("META-INF/services/java.sql.Driver does not name it; merge the files of that name")
                    .doesNotContain("s3cret");
        } finally {
            DriverManager.registerDriver(mysql);
        }
    }

    @Test
    void blamesTheUrlWhereTheDriverIsThere() {
        assertThatThrownBy(() ->
                        TestDatabase.start("channels.database.url = \"jdbc:postgresql://u:s3cret@host:99999/db\""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("channels.database.url")
                .hasMessageContaining("does not accept this URL; check host, port (1 to 65535) and slashes")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void saysWhichDatabaseCannotBeReached() {
        assertThatThrownBy(() -> TestDatabase.start(TestDatabase.url("postgres://tom:s3cret@127.0.0.1:1/name")))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("jdbc:postgresql://127.0.0.1:1/name")
                .hasMessageContaining("user and password (DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD)")
                .hasMessageContaining("channels.database.fail-fast = off")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void namesNoVariableOfAnotherDatabase() {
        try (TestDatabase started =
                TestDatabase.start("channels.databases.reporting.url = \"postgres://127.0.0.1:1/name\"")) {
            assertThatThrownBy(() -> Database.get(started.system, "reporting"))
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .hasMessageContaining("check channels.databases.reporting.url, user and password, or set")
                    .hasMessageNotContaining("DATABASE_URL");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void tellsNoSecretWhenTheDatabaseCannotBeReached(String failFast) throws SQLException {
        try (RecordingDriver driver = new RecordingDriver();
                Log log = new Log()) {
            driver.broken.set(true);

            Throwable failure = startAndFail(failFast);

            String told = text(failure) + log.text();
            assertThat(told).contains("cannot connect to").doesNotContain("s3cret", "t0ken", "tom", "jerry", "ch33se");
        }
    }

    @Test
    void tellsNoSecretWhenItStarts() throws SQLException {
        try (RecordingDriver driver = new RecordingDriver();
                Log log = new Log();
                TestDatabase started = TestDatabase.start(settings("on", "60s"))) {
            await(started.database.useHandle(handle -> handle.execute("select 1")));

            assertThat(driver.broken).isFalse();
            assertThat(log.text())
                    .contains("threads = ", "jdbc:recording://host/name")
                    .doesNotContain("s3cret", "t0ken", "tom", "jerry", "ch33se");
        }
    }

    @Test
    void letsIdleConnectionsGo() throws SQLException {
        // The pool looks for idle connections every 30 s, and no sooner than after 10 s, unless told so like this.
        System.setProperty("com.zaxxer.hikari.housekeeping.periodMs", "200");
        try (RecordingDriver driver = new RecordingDriver()) {
            // Not as soon as the others give up: the first connection of a run is long about loading classes.
            String patience = "channels.database.connection-timeout = 30s";
            ConnectionPool pool = open(TestDatabase.config(String.join("\n", settings("off", "250ms")), patience));
            HikariDataSource hikari = pool.source();
            hikari.getHikariConfigMXBean().setIdleTimeout(1);
            try (Connection connection = hikari.getConnection()) {
                assertThat(connection.isValid(1)).isTrue();
            }

            await(driver.closed);

            assertThat(hikari.getMinimumIdle()).isZero();
            pool.close();
        } finally {
            System.clearProperty("com.zaxxer.hikari.housekeeping.periodMs");
        }
    }

    @Test
    void keepsItsDataInAFileByDefault(@TempDir Path directory) {
        String url = ConfigFactory.defaultReference().getString("channels.database.url");
        String file =
                TestDatabase.url(url.replace("./data", directory.resolve("data").toString()));
        try (TestDatabase first = TestDatabase.start(file)) {
            await(first.database.useHandle(handle -> handle.execute("create table kept as select 1 as one")));
        }

        try (TestDatabase second = TestDatabase.start(file)) {
            int kept = await(second.database.withHandle(handle ->
                    handle.select("select one from kept").mapTo(Integer.class).one()));

            assertThat(kept).isEqualTo(1);
        }
    }

    @Test
    void takesUrlUserAndPasswordFromTheEnvironment() {
        DatabaseSettings settings = settings(ConfigFactory.load(
                ConfigFactory.parseString("DATABASE_URL = \"postgres://u:p@h/d\", DATABASE_USER = jerry")));

        assertThat(settings.url().jdbc()).isEqualTo("jdbc:postgresql://h/d");
        assertThat(settings.user()).isEqualTo("jerry");
        assertThat(settings.password()).isEqualTo("p");
        assertThat(settings).hasToString("jdbc:postgresql://h/d");
    }

    private static ConnectionPool open(Config root) {
        DatabaseSection section = DatabaseSection.ofDefault(root);
        return ConnectionPool.open(DatabaseSettings.of(section), DispatcherSettings.of(section), 0, null);
    }

    private static DatabaseSettings settings(Config root) {
        return DatabaseSettings.of(DatabaseSection.ofDefault(root));
    }

    private static Throwable startAndFail(String failFast) {
        ActorSystem system = TestDatabase.system(settings(failFast, "250ms"));
        try {
            return failFast.equals("on")
                    ? catchThrowable(() -> Database.get(system))
                    : failure(Database.get(system).withHandle(handle -> 1));
        } finally {
            TestDatabase.terminate(system);
        }
    }

    private static String[] settings(String failFast, String timeout) {
        return new String[] {
            TestDatabase.url(RecordingDriver.URL),
            "channels.database { user = jerry, password = ch33se, connection-timeout = " + timeout + " }",
            "channels.database.fail-fast = " + failFast,
        };
    }

    private static String text(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** All that is logged while it is open, however fine. */
    private static final class Log implements AutoCloseable {
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
        private final List<Logger> loggers = List.of(logger("com.zaxxer.hikari"), logger("org.pekkochannels"));

        Log() {
            appender.start();
            for (Logger logger : loggers) {
                logger.setLevel(Level.TRACE);
                logger.setAdditive(false);
                logger.addAppender(appender);
            }
        }

        String text() {
            StringBuilder text = new StringBuilder();
            for (ILoggingEvent event : List.copyOf(appender.list)) {
                text.append(event.getFormattedMessage()).append('\n');
                if (event.getThrowableProxy() != null) {
                    text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
                }
            }
            return text.toString();
        }

        @Override
        public void close() {
            for (Logger logger : loggers) {
                logger.detachAppender(appender);
                logger.setAdditive(true);
                logger.setLevel(null);
            }
        }

        private static Logger logger(String name) {
            return (Logger) LoggerFactory.getLogger(name);
        }
    }

    @Test
    void saysWhyThereIsNoConnectionToACallWhoseDeadlineIsOverFirst() {
        try (TestDatabase started = TestDatabase.start(
                TestDatabase.url("jdbc:postgresql://127.0.0.1:1/nowhere"),
                "channels.database { fail-fast = off, connection-timeout = 20s }")) {
            Database hurried = started.database.within(Duration.ofMillis(300));

            assertThat(failure(hurried.withHandle(handle -> 1)))
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .hasMessageContaining("before the call's deadline")
                    .hasMessageContaining("Connection refused");
        }
    }
}
