package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.database.jdbc.DatabaseSection;
import org.pekkochannels.database.jdbc.DatabaseSettings;
import org.pekkochannels.metrics.ChannelsMetrics;

/** Several databases in one actor system, each with threads and connections of its own. */
final class NamedDatabaseTest {
    private static final String REPORTING = "channels.databases.reporting { threads = 2, max-waiting = 1 }";

    @Test
    void runsOneWhileEveryThreadOfAnotherIsStuck() {
        try (TestDatabase started = TestDatabase.start("channels.database.threads = 1", REPORTING)) {
            Database reporting = Database.get(started.system, "reporting");
            CountDownLatch inside = new CountDownLatch(2);
            CountDownLatch release = new CountDownLatch(1);
            List<CompletionStage<Done>> stuck = IntStream.range(0, 2)
                    .mapToObj(number -> reporting.useHandle(handle -> {
                        inside.countDown();
                        await(release);
                    }))
                    .toList();
            await(inside);

            for (int call = 0; call < 100; call++) {
                int one = await(started.database.withHandle(handle -> 1));
                assertThat(one).isEqualTo(1);
            }
            assertThat(reporting.stats().busy()).isEqualTo(2);
            assertThat(reporting.stats().pool()).contains(new DatabaseStats.Pool(2, 0));
            assertThat(started.database.stats().overloaded()).isZero();

            release.countDown();
            stuck.forEach(TestDatabase::await);
            TestDatabase.assertNothingLeft(reporting);
        }
    }

    // Whatever waits nowhere, and runs on threads that nobody else uses, is not slowed down.
    @Test
    void letsNoCallWaitWhileAnotherDatabaseIsStuck() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (TestDatabase started = TestDatabase.start(
                "channels.metrics.global-registry = off",
                "channels.database { threads = 3, max-waiting = 0 }",
                REPORTING)) {
            new ChannelsMetrics(started.system).bindTo(registry);
            Database reporting = Database.get(started.system, "reporting");
            CountDownLatch release = new CountDownLatch(1);
            List<CompletionStage<Done>> stuck = fill(reporting, release);
            Set<String> threads = ConcurrentHashMap.newKeySet();

            for (int round = 0; round < 50; round++) {
                runThreeAtOnce(started.database, threads);
                assertThat(gauge(registry, "waiting", "default")).isZero();
                assertThat(gauge(registry, "pool.pending", "default")).isZero();
            }

            assertThat(threads).hasSize(3).allMatch(name -> name.matches("channels-database-[0-9]+"));
            assertThat(started.database.stats().overloaded()).isZero();
            assertThat(gauge(registry, "waiting", "reporting")).isEqualTo(1);
            assertThat(reporting.stats().overloaded()).isEqualTo(1);
            release.countDown();
            stuck.forEach(TestDatabase::await);
            TestDatabase.assertNothingLeft(reporting);
        }
    }

    /** Both threads are stuck, one call waits, and one more is refused. */
    private static List<CompletionStage<Done>> fill(Database reporting, CountDownLatch release) {
        CountDownLatch inside = new CountDownLatch(2);
        List<CompletionStage<Done>> stuck = IntStream.range(0, 3)
                .mapToObj(number -> reporting.useHandle(handle -> {
                    inside.countDown();
                    await(release);
                }))
                .toList();
        await(inside);
        assertThat(failure(reporting.withHandle(handle -> 1))).isInstanceOf(DatabaseOverloadedException.class);
        return stuck;
    }

    /** Each call ends only when all have begun; with max-waiting = 0, one that has to wait is refused. */
    private static void runThreeAtOnce(Database database, Set<String> threads) {
        CountDownLatch together = new CountDownLatch(3);
        List<CompletionStage<Integer>> calls = IntStream.range(0, 3)
                .mapToObj(number -> database.withHandle(handle -> {
                    threads.add(Thread.currentThread().getName());
                    together.countDown();
                    await(together);
                    return database.stats().waiting();
                }))
                .toList();
        assertThat(calls).extracting(TestDatabase::await).containsOnly(0);
    }

    private static double gauge(SimpleMeterRegistry registry, String name, String database) {
        return registry.get("channels.database." + name)
                .tag("database", database)
                .gauge()
                .value();
    }

    @Test
    void namesItsOwnKeysAndThreads() {
        try (TestDatabase started = TestDatabase.start(REPORTING, "channels.databases.reporting.threads = 1")) {
            Database reporting = Database.get(started.system, "reporting");
            CountDownLatch release = new CountDownLatch(1);
            CompletionStage<String> running = reporting.withHandle(handle -> {
                await(release);
                return Thread.currentThread().getName();
            });
            CompletionStage<Integer> waiting = reporting.withHandle(handle -> 1);

            Throwable refused = failure(reporting.withHandle(handle -> 1));
            release.countDown();

            assertThat(refused)
                    .isInstanceOf(DatabaseOverloadedException.class)
                    .hasMessageContaining("channels.databases.reporting.max-waiting");
            assertThat(await(running)).isEqualTo("channels-database-reporting-1");
            assertThat(await(waiting)).isEqualTo(1);
        }
    }

    @Test
    void isTheSameAtEveryCallAndNotTheDefault() {
        try (TestDatabase started = TestDatabase.start(REPORTING)) {
            Database reporting = Database.get(started.system, "reporting");

            assertThat(Database.get(started.system, "reporting")).isSameAs(reporting);
            assertThat(reporting).isNotSameAs(started.database);
        }
    }

    @Test
    void stopsWithTheActorSystem() {
        Database reporting;
        try (TestDatabase started = TestDatabase.start(REPORTING)) {
            reporting = Database.get(started.system, "reporting");
            await(reporting.useHandle(handle -> handle.execute("select 1")));
        }

        assertThat(failure(reporting.withHandle(handle -> 1))).isInstanceOf(DatabaseClosedException.class);
        assertThat(reporting.stats().pool()).contains(new DatabaseStats.Pool(0, 0));
    }

    @Test
    void refusesANameWithoutASection() {
        try (TestDatabase started = TestDatabase.start(REPORTING)) {
            assertThatThrownBy(() -> Database.get(started.system, "repotring"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("database 'repotring' has no section channels.databases.repotring in the configuration;"
                            + " existing ones are [reporting]");
        }
    }

    @Test
    void refusesAKeyThatThereIsNot() {
        assertRefused("channels.databases.reporting.thread = 3", "channels.databases.reporting.thread");
    }

    @Test
    void refusesABadValueAtStart() {
        assertRefused("channels.databases.reporting.threads = 0", "channels.databases.reporting.threads");
    }

    @Test
    void namesNoEnvironmentVariableOfTheDefault() {
        Config root = ConfigFactory.load(ConfigFactory.parseString("channels.databases.reporting.threads = 0"));
        DatabaseSection section = DatabaseSection.named(root, "reporting");

        assertThatThrownBy(() -> DispatcherSettings.of(section))
                .hasMessageContaining("channels.databases.reporting.threads")
                .hasMessageNotContaining("ASGI_THREADS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "\"\""})
    void refusesANameThatIsTheDefaultsInMetrics(String name) {
        assertRefused("channels.databases." + name + ".threads = 2", "must have another name");
    }

    @Test
    void takesWhatItDoesNotSayFromTheDefault() {
        Config root = ConfigFactory.load(ConfigFactory.parseString("""
                channels.database { threads = 7, user = jerry, password = ch33se }
                channels.databases."a.b" { max-wait = 3s }
                """));

        DatabaseSection section = DatabaseSection.named(root, "a.b");

        assertThat(DispatcherSettings.of(section).threads()).isEqualTo(7);
        assertThat(DispatcherSettings.of(section).maxWait()).hasSeconds(3);
        assertThat(DatabaseSettings.of(section).user()).isEqualTo("jerry");
    }

    @ParameterizedTest
    @CsvSource({
        "postgres://tom@elsewhere/d, tom",
        "jdbc:mysql://elsewhere/d?user=tom&password=s3cret, ''",
        "mysql://elsewhere/d?user=tom&password=s3cret, ''",
        "jdbc:mysql://tom:s3cret@elsewhere/d, ''",
        "jdbc:h2:tcp://elsewhere/d;USER=tom;PASSWORD=s3cret, ''"
    })
    void usesAUrlWithTheCredentialsThatStandInIt(String url, String user) {
        Config root = ConfigFactory.load(ConfigFactory.parseString("""
                channels.database { user = jerry, password = ch33se }
                channels.databases.other.url = "%s"
                """.formatted(url)));

        DatabaseSettings settings = DatabaseSettings.of(DatabaseSection.named(root, "other"));

        // What stays in the URL is the driver's to read.
        assertThat(settings.user()).isEqualTo(user);
        assertThat(settings.password()).isEmpty();
    }

    private static void assertRefused(String line, String key) {
        ActorSystem system = TestDatabase.system(line);
        try {
            assertThatThrownBy(() -> Database.openAll(system))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(key);
        } finally {
            TestDatabase.terminate(system);
        }
    }
}
