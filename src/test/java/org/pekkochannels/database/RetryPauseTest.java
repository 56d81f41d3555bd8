package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.database.jdbc.DatabaseSection;
import org.pekkochannels.metrics.instrument.Timing;

/** How long work waits before it is tried once more. */
class RetryPauseTest {
    private static final int ATTEMPTS = 20;
    private static final int RIVALS = 50;

    private final SQLException conflict = new SQLException("planted", "40001");
    private final TestDatabase started = TestDatabase.start();
    private final DispatcherSettings settings = DispatcherSettings.of(
            DatabaseSection.ofDefault(started.system.settings().config()));
    private final OpenHandles handles =
            new OpenHandles(started.system, settings, new HandleWatch(started.system, settings), Timing.NONE);

    @AfterEach
    void stop() {
        handles.close();
        started.close();
    }

    /** The pauses after each of several attempts that meet a conflict. */
    private List<Long> pauses() {
        CallbackWork<Object> work = new CallbackWork<>(
                source -> {
                    source.beginTransaction(TransactionOptions.defaults().withAttempts(ATTEMPTS));
                    throw conflict;
                },
                new CallbackEnvironment(
                        new CallbackConnections(
                                started.database.jdbi(),
                                ConnectionPool.none(),
                                handles,
                                new DeadlineWatch(started.system)),
                        null,
                        Runnable::run,
                        null));
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < ATTEMPTS; i++) {
            assertThatThrownBy(work::attempt).isSameAs(conflict);
            pauses.add(work.retryMillis(conflict));
        }
        return pauses;
    }

    @Test
    void isChosenAtRandomWithinABoundThatDoublesUpToASecond() {
        List<List<Long>> rivals = new ArrayList<>();
        for (int i = 0; i < RIVALS; i++) {
            rivals.add(pauses());
        }

        for (int i = 0; i < ATTEMPTS - 1; i++) {
            int attempt = i;
            long bound = Math.min(1000, 10L << Math.min(attempt, 10));
            assertThat(rivals.stream().map(pauses -> pauses.get(attempt)))
                    .as("pauses after attempt " + (attempt + 1))
                    .allSatisfy(pause -> assertThat(pause).isBetween(0L, bound))
                    .anySatisfy(pause -> assertThat(pause).isLessThan(bound / 2));
            assertThat(rivals.stream().map(pauses -> pauses.get(attempt)).distinct())
                    .hasSizeGreaterThan(1);
        }
        assertThat(rivals.stream().map(pauses -> pauses.get(ATTEMPTS - 1))).containsOnly(CallbackWork.NEVER);
    }
}
