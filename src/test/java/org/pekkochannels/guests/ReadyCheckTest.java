package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.Channels;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.RunningApplication;

/** {@code /ready} with checks: of the application's own, and of its databases. */
class ReadyCheckTest {
    private static final String CONFIG = """
            pekko.jvm-exit-on-fatal-error = off
            channels.database { url = "jdbc:h2:mem:ready;DB_CLOSE_DELAY=-1", threads = 1 }
            channels.databases.reporting { url = "jdbc:h2:mem:reporting;DB_CLOSE_DELAY=-1", threads = 1 }
            channels.http {
              ready-checks = [database, databases.reporting]
              ready-check-timeout = 2s
              ready-check-interval = 0s
            }
            """;
    private static volatile Supplier<CompletionStage<?>> check = ReadyCheckTest::well;
    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application =
                RunningApplication.start(CONFIG, channels -> channels.readyCheck("search", system -> check.get()));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static HttpResponse<String> ready(RunningApplication application) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(application.http("/ready")).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String readyWith(Supplier<CompletionStage<?>> next) throws Exception {
        check = next;
        HttpResponse<String> answer = ready(application);
        assertThat(answer.statusCode()).isEqualTo(answer.body().equals("ready") ? 200 : 503);
        return answer.body();
    }

    private static CompletionStage<?> well() {
        return CompletableFuture.completedFuture("well");
    }

    @Test
    void isReadyWhileAllChecksSucceed() throws Exception {
        assertThat(readyWith(ReadyCheckTest::well)).isEqualTo("ready");
    }

    @Test
    void isNotReadyWhileACheckFailsAndTellsTheLogOnce() throws Exception {
        assertThat(readyWith(ReadyCheckTest::well)).isEqualTo("ready");
        try (RecordedLog log = new RecordedLog("org.pekkochannels.edge.SharedCheck")) {
            Supplier<CompletionStage<?>> down =
                    () -> CompletableFuture.failedFuture(new IllegalStateException("the index is being built"));
            assertThat(readyWith(down)).isEqualTo("not ready: search");
            assertThat(readyWith(down)).isEqualTo("not ready: search");
            assertThat(readyWith(ReadyCheckTest::well)).isEqualTo("ready");

            assertThat(log.soFar("check 'search'"))
                    .singleElement()
                    .asString()
                    .startsWith(
                            "/ready answers 503: its check 'search' failed: java.lang.IllegalStateException: the index is"
                                    + " being built\n");
        }
    }

    @Test
    void isNotReadyWhereACheckTakesTooLong() throws Exception {
        assertThat(readyWith(CompletableFuture::new)).isEqualTo("not ready: search");
        assertThat(readyWith(ReadyCheckTest::well)).isEqualTo("ready");
    }

    @Test
    void isNotReadyWhereACheckReturnsNothing() throws Exception {
        assertThat(readyWith(ReadyCheckTest::nothing)).isEqualTo("not ready: search");
    }

    @SuppressWarnings("NullAway") // on purpose
    private static CompletionStage<?> nothing() {
        return null;
    }

    @ParameterizedTest
    @EnumSource(Planted.class)
    void isNotReadyWhereACheckThrows(Planted planted) throws Exception {
        assertThat(readyWith(planted::raise)).isEqualTo("not ready: search");
        assertThat(readyWith(ReadyCheckTest::well)).isEqualTo("ready");
    }

    @Test
    void holdsOneThreadForACheckThatBlocks() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        Supplier<CompletionStage<?>> blocking = () -> {
            begun.incrementAndGet();
            return waitFor(end);
        };
        assertThat(readyWith(blocking)).isEqualTo("not ready: search");
        assertThat(readyWith(blocking)).isEqualTo("not ready: search");
        assertThat(begun).hasValue(1);
        end.countDown();
    }

    private static CompletionStage<?> waitFor(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return well();
    }

    @Test
    void isReadyWhileTheDatabaseIsOnlyBusy() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CompletionStage<?> busy = Database.get(application.system()).useHandle(handle -> end.await());
        try {
            assertThat(readyWith(ReadyCheckTest::well)).isEqualTo("ready");
        } finally {
            end.countDown();
        }
        busy.toCompletableFuture().join();
    }

    @Test
    void looksOnceInAnInterval() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        try (RunningApplication other = RunningApplication.start(
                "channels.http.ready-check-interval = 10m",
                channels -> channels.readyCheck("counted", system -> {
                    looks.incrementAndGet();
                    return well();
                }))) {
            for (int asked = 0; asked < 3; asked++) {
                assertThat(ready(other).body()).isEqualTo("ready");
            }
        }
        assertThat(looks).hasValue(1);
    }

    @Test
    void refusesChecksThatItDoesNotKnow() {
        assertThatThrownBy(() -> RunningApplication.start("channels.http.ready-checks = [redis]", channels -> channels))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("channels.http.ready-checks")
                .hasMessageContaining(
                        "must contain only 'database', 'layer', or 'databases.' and a name of channels.databases []")
                .hasMessageContaining("was 'redis'");
    }

    @Test
    void refusesACheckThatIsNamedTwice() {
        assertThatThrownBy(() -> RunningApplication.start(
                        "channels.http.ready-checks = [database, database]", channels -> channels))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("channels.http.ready-checks")
                .hasMessageContaining("must contain each name once, was 'database'");
    }

    @Test
    void refusesANameThatIsTaken() {
        Channels channels = Channels.load().readyCheck("search", system -> well());

        for (String taken : new String[] {"search", "database", "databases.reporting", " "}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> channels.readyCheck(taken, system -> well()))
                    .withMessageContaining("'database'");
        }
    }
}
