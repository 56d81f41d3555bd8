package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.metrics.ChannelsMetrics;

/** What is measured of a database of one thread, for which one call may wait. */
final class DatabaseMetersTest {
    private static final long PAUSE_MILLIS = 30;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private TestDatabase started;
    private Database database;

    @BeforeEach
    void start() {
        started = TestDatabase.start(
                "channels.metrics.global-registry = off", "channels.database { threads = 1, max-waiting = 1 }");
        database = started.database;
        new ChannelsMetrics(started.system).bindTo(registry);
    }

    @AfterEach
    void stop() {
        started.close();
    }

    @Test
    void showsWhatRunsAndWhatWaits() {
        CompletionStage<?> stuck = stick();
        CompletionStage<?> waiting = database.useHandle(handle -> {});

        assertThat(gauge("threads")).isEqualTo(1);
        assertThat(gauge("busy")).isEqualTo(1);
        assertThat(gauge("waiting")).isEqualTo(1);
        assertThat(gauge("handles")).isEqualTo(1);
        assertThat(gauge("pool.active")).isEqualTo(1);
        assertThat(gauge("pool.idle")).isZero();
        assertThat(gauge("pool.pending")).isZero();

        release.countDown();
        await(stuck);
        await(waiting);
        assertThat(gauge("busy")).isZero();
        assertThat(gauge("handles")).isZero();
        assertThat(gauge("pool.active")).isZero();
        assertThat(gauge("pool.idle")).isEqualTo(1);
    }

    @Test
    void countsTheRowsOfBatchesAmongWhatWaitsAsTheStatsDo() {
        CompletionStage<?> stuck = stick();
        Batch<Integer, Integer> batch = database.batched("numbers", 10, (handle, rows) -> rows);
        CompletionStage<Integer> row = batch.add(1);

        // The row, and the call of its batch.
        assertThat(database.stats().waiting()).isEqualTo(2);
        assertThat(gauge("waiting")).isEqualTo(2);

        release.countDown();
        await(stuck);
        assertThat(await(row)).isEqualTo(1);
        assertThat(gauge("waiting")).isZero();
    }

    @Test
    void tellsWaitingFromRunning() throws InterruptedException {
        CompletionStage<?> stuck = stick();
        CompletionStage<?> waiting = database.useHandle(handle -> {});
        // Not waited for, but measured: one runs that long, and the other waits.
        Thread.sleep(PAUSE_MILLIS);
        release.countDown();
        await(stuck);
        await(waiting);

        assertThat(registry.get("channels.database.wait").timer().count()).isEqualTo(2);
        assertThat(longest("wait")).isGreaterThanOrEqualTo(PAUSE_MILLIS);
        assertThat(longest("run")).isGreaterThanOrEqualTo(PAUSE_MILLIS);
        assertThat(longest("handle.lifetime")).isGreaterThanOrEqualTo(PAUSE_MILLIS);
    }

    @Test
    void takesNothingForWaitingThatRan() throws InterruptedException {
        long submitted = System.nanoTime();
        CompletionStage<Long> begun = database.withHandle(handle -> {
            long now = System.nanoTime();
            running.countDown();
            await(release);
            return now;
        });
        await(running);
        // Not waited for, but measured.
        Thread.sleep(PAUSE_MILLIS);
        release.countDown();

        assertThat(await(begun) - submitted).isGreaterThanOrEqualTo((long)
                registry.get("channels.database.wait").timer().max(TimeUnit.NANOSECONDS));
        assertThat(longest("run")).isGreaterThanOrEqualTo(PAUSE_MILLIS);
    }

    @Test
    void countsWhatIsRefusedAndWhatIsLate() {
        CompletionStage<?> stuck = stick();
        assertThat(failure(database.within(Duration.ofMillis(5)).useHandle(handle -> {})))
                .isInstanceOf(DatabaseWaitTimeoutException.class);
        CompletionStage<?> waiting = database.useHandle(handle -> {});
        assertThat(failure(database.useHandle(handle -> {}))).isInstanceOf(DatabaseOverloadedException.class);
        release.countDown();
        await(stuck);
        await(waiting);

        assertThat(count("overloads")).isEqualTo(1);
        assertThat(count("timeouts", "phase", "waiting")).isEqualTo(1);
        assertThat(count("timeouts", "phase", "running")).isZero();
        assertThat(registry.get("channels.database.run").timer().count()).isEqualTo(2);
    }

    @Test
    void countsWhatIsCutOff() {
        Database impatient = database.within(Duration.ofMillis(300));
        assertThat(failure(impatient.withHandle(handle -> handle.select(new H2DatabaseTest().endlessQuery())
                        .mapTo(int.class)
                        .one())))
                .isInstanceOf(DatabaseTimeoutException.class);

        assertThat(count("timeouts", "phase", "running")).isEqualTo(1);
        assertThat(count("timeouts", "phase", "waiting")).isZero();
    }

    private CompletionStage<?> stick() {
        CompletionStage<?> stuck = database.useHandle(handle -> {
            running.countDown();
            await(release);
        });
        await(running);
        return stuck;
    }

    private double gauge(String name) {
        return registry.get("channels.database." + name)
                .tag("database", "default")
                .gauge()
                .value();
    }

    private double count(String name, String... tags) {
        return registry.get("channels.database." + name)
                .tags(tags)
                .functionCounter()
                .count();
    }

    private double longest(String name) {
        return registry.get("channels.database." + name).timer().max(TimeUnit.MILLISECONDS);
    }
}
