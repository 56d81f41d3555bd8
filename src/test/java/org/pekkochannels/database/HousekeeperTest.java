package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pekkochannels.database.jdbc.DatabaseSection;
import org.pekkochannels.database.jdbc.DatabaseSettings;
import org.pekkochannels.database.jdbc.TaskThread;

/** Promise 11: idle connections go away, whatever a log filter has thrown into the housekeeping of the pool. */
class HousekeeperTest {
    @Test
    void runsATaskAgainThatThrows() {
        long before = TaskThread.failures();
        TaskThread housekeeper = TaskThread.ofPool("test");
        CountDownLatch runs = new CountDownLatch(3);
        try {
            ScheduledFuture<?> task = housekeeper.scheduleWithFixedDelay(
                    () -> {
                        runs.countDown();
                        throw new NoClassDefFoundError("planted");
                    },
                    0,
                    1,
                    TimeUnit.MILLISECONDS);

            await(runs);
            assertThat(task.isDone()).isFalse();
            assertThat(TaskThread.failures()).isGreaterThanOrEqualTo(before + 2);
        } finally {
            housekeeper.shutdownNow();
        }
    }

    @Test
    void isThatOfThePoolAndEndsWithIt() {
        DatabaseSection section = DatabaseSection.ofDefault(TestDatabase.config());
        ConnectionPool pool =
                ConnectionPool.open(DatabaseSettings.of(section), DispatcherSettings.of(section), 0, null);
        ScheduledExecutorService housekeeper = pool.source().getScheduledExecutor();
        assertThat(housekeeper).isInstanceOf(TaskThread.class);

        pool.close();

        assertThat(housekeeper.isShutdown()).isTrue();
    }
}
