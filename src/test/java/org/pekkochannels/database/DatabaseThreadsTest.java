package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;

import com.typesafe.config.ConfigException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As many threads as the setting says, neither more nor fewer. */
final class DatabaseThreadsTest {
    @Test
    void runsSixCallbacksAtOnceOnEightThreads() {
        try (TestDatabase started = TestDatabase.start("ASGI_THREADS = 8")) {
            CountDownLatch all = new CountDownLatch(6);

            List<CompletionStage<Integer>> results = IntStream.range(0, 6)
                    .mapToObj(number -> started.database.withHandle(handle -> {
                        all.countDown();
                        await(all);
                        return number;
                    }))
                    .toList();

            assertThat(results).extracting(TestDatabase::await).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(started.database.stats().threads()).isEqualTo(8);
        }
    }

    @Test
    void runsExactlyThreeCallbacksAtOnceOnThreeThreads() {
        try (TestDatabase started = TestDatabase.start("ASGI_THREADS = 3")) {
            CountDownLatch three = new CountDownLatch(3);
            CountDownLatch release = new CountDownLatch(1);
            AtomicInteger inside = new AtomicInteger();

            List<CompletionStage<Integer>> results = IntStream.range(0, 20)
                    .mapToObj(number -> started.database.withHandle(handle -> {
                        int together = inside.incrementAndGet();
                        three.countDown();
                        await(release);
                        inside.decrementAndGet();
                        return together;
                    }))
                    .toList();
            await(three);
            DatabaseStats full = started.database.stats();
            release.countDown();

            assertThat(results).extracting(TestDatabase::await).allMatch(together -> together <= 3);
            assertThat(full.busy()).isEqualTo(3);
            assertThat(full.waiting()).isEqualTo(17);
            assertThat(full.pool()).contains(new DatabaseStats.Pool(3, 0));
        }
    }

    @Test
    void hasTheNumberOfThreadsThatAsgiHasByDefault() {
        try (TestDatabase started = TestDatabase.start()) {
            assertThat(started.database.stats().threads())
                    .isEqualTo(Math.min(32, Runtime.getRuntime().availableProcessors() + 4));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "abc", "", "100000", "8.5", "AUTO"})
    void refusesABadNumberOfThreadsWithOneReadableMessage(String value) {
        ActorSystem system = TestDatabase.system("ASGI_THREADS = \"" + value + "\"");

        assertThatThrownBy(() -> Database.get(system))
                .isInstanceOf(ConfigException.class)
                .hasNoCause()
                .hasMessageContaining("channels.database.threads")
                .hasMessageContaining("from 1 to 4096")
                .hasMessageContaining("was '" + value + "'")
                .hasMessageContaining("ASGI_THREADS");

        TestDatabase.terminate(system);
    }

    /** Pekko's own failures do not contain the path of the section. */
    @ParameterizedTest
    @ValueSource(strings = {"type = Nonsense", "throughput = many", "shutdown-timeout = infinite", "executor = [1]"})
    void refusesADispatcherThatPekkoCannotCreateWithItsPath(String setting) {
        ActorSystem system = TestDatabase.system("channels.database.dispatcher." + setting);

        assertThatThrownBy(() -> Database.get(system))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'channels.database.dispatcher'");

        TestDatabase.terminate(system);
    }

    @Test
    void letsIdleThreadsGo() throws InterruptedException {
        // Of a dispatcher that does nothing at all, Pekko itself lets all threads go: one is busy.
        CountDownLatch release = new CountDownLatch(1);
        try (TestDatabase started = TestDatabase.start("channels.database { threads = 2, thread-keep-alive = 10ms }")) {
            CompletionStage<?> busy = started.database.withLazyHandle(handles -> {
                release.await();
                return true;
            });
            Thread thread = await(started.database.withLazyHandle(handles -> Thread.currentThread()));

            thread.join(20_000);

            assertThat(thread.isAlive()).isFalse();
            release.countDown();
            await(busy);
        }
    }

    @Test
    void letsItsThreadsGoWithTheActorSystem() throws InterruptedException {
        Thread thread;
        try (TestDatabase started = TestDatabase.start("channels.database.thread-keep-alive = 1h")) {
            thread = await(started.database.withLazyHandle(handles -> Thread.currentThread()));
        }

        thread.join();

        assertThat(thread.isAlive()).isFalse();
    }
}
