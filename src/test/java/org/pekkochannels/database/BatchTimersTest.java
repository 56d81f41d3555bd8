package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many timers rows that wait for a batch keep, while no time passes but what we let pass. */
final class BatchTimersTest {
    private static final int ROWS = 50;

    private final TestDatabase started =
            TestDatabase.start(StandingScheduler.CONFIG, "channels.database { threads = 1, max-wait = 1h }");
    private final Database database = started.database;
    private final StandingScheduler scheduler = StandingScheduler.of(started);
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void stop() {
        started.close();
    }

    @Test
    void isOneHoweverOftenAnEarlierRowHasOvertakenIt() {
        CompletionStage<Done> stuck = database.useHandle(handle -> {
            running.countDown();
            release.await();
        });
        await(running);
        CompletionStage<Integer> first = add(ROWS + 1);
        int one = scheduler.size();

        List<CompletionStage<Integer>> earlier =
                IntStream.range(0, ROWS).mapToObj(row -> add(ROWS - row)).toList();
        assertThat(scheduler.size()).as("each is due before all others").isEqualTo(one + ROWS);
        scheduler.pass(Duration.ofHours(1));

        // None is late by the clock: they go on being watched.
        assertThat(scheduler.size()).isEqualTo(one);
        release.countDown();
        await(stuck);
        await(first);
        earlier.forEach(TestDatabase::await);
    }

    /** A row that is due after so many minutes. */
    private CompletionStage<Integer> add(int minutes) {
        return database.within(Duration.ofMinutes(minutes))
                .<Integer, Integer>batched("numbers", 100, (handle, rows) -> rows)
                .add(minutes);
    }
}
