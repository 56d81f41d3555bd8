package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.database.jdbc.DatabaseSection;
import org.pekkochannels.metrics.instrument.Timing;

/** A call between two attempts, for which no time passes: whatever ends a call that waits ends it at once. */
final class PausedCallTest {
    // That after the first attempt.
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(10);

    private final SQLException conflict = new SQLException("planted", "40001");
    private final AtomicInteger runs = new AtomicInteger();
    private final TestDatabase started =
            TestDatabase.start(StandingScheduler.CONFIG, "channels.database { threads = 1, max-waiting = 1 }");
    private final Database database = started.database;
    private final StandingScheduler scheduler = StandingScheduler.of(started);

    @AfterEach
    void stop() {
        started.close();
    }

    /** A call whose first attempt has met a conflict; its second, if there is one, returns 2. */
    private CompletionStage<Integer> pause(Database view) {
        CompletionStage<Integer> paused =
                view.inTransaction(TransactionOptions.defaults().withAttempts(2), handle -> {
                    if (runs.incrementAndGet() == 1) {
                        throw conflict;
                    }
                    return runs.get();
                });
        scheduler.awaitTimer(started, LONGEST_PAUSE);
        return paused;
    }

    @Test
    void holdsNoThreadAndCountsAsWaiting() {
        CompletionStage<Integer> paused = pause(database);

        assertThat(database.stats().busy()).isZero();
        assertThat(database.stats().waiting()).isEqualTo(1);
        assertThat(database.stats().openHandles()).isZero();

        scheduler.pass(LONGEST_PAUSE);
        assertThat(await(paused)).isEqualTo(2);
        TestDatabase.assertNothingLeft(database);
    }

    @Test
    void isAmongThoseWhoseNumberIsBounded() {
        CountDownLatch release = new CountDownLatch(1);
        CompletionStage<Integer> paused = pause(database);
        CompletionStage<Done> running = database.useHandle(handle -> release.await());

        Throwable refused = failure(database.withHandle(handle -> 1));
        release.countDown();
        await(running);
        scheduler.pass(LONGEST_PAUSE);

        assertThat(refused).isInstanceOf(DatabaseOverloadedException.class).hasMessageContaining("1 waiting");
        assertThat(await(paused)).isEqualTo(2);
    }

    @Test
    void isDroppedAtOnceWhenWhatCancelsItComes() {
        CompletableFuture<String> end = new CompletableFuture<>();
        CompletionStage<Integer> paused = pause(database.cancelledBy(end));

        end.complete("left");

        assertThat(failure(paused))
                .isInstanceOf(DatabaseCancelledException.class)
                .hasCause(conflict);
        assertThat(database.stats().waiting()).isZero();
        assertThat(database.stats().cancelled()).isEqualTo(1);
        scheduler.pass(LONGEST_PAUSE);
        assertThat(runs).hasValue(1);
    }

    @Test
    void isDroppedAtOnceWhenItsCallerGivesUp() {
        CompletionStage<Integer> paused = pause(database.cancelledBy(new CompletableFuture<>()));

        paused.toCompletableFuture().cancel(false);

        assertThat(database.stats().waiting()).isZero();
        assertThat(database.stats().cancelled()).isEqualTo(1);
        scheduler.pass(LONGEST_PAUSE);
        assertThat(runs).hasValue(1);
    }

    @Test
    void isLetEndBeforeTheDatabaseStops() {
        CompletionStage<Integer> paused = pause(database);

        CompletionStage<Done> stopped = database.stop(Duration.ofMinutes(1));
        assertThat(stopped.toCompletableFuture()).isNotDone();
        scheduler.pass(LONGEST_PAUSE);

        assertThat(await(paused)).isEqualTo(2);
        await(stopped);
    }

    @Test
    void failsWhenThePatienceOfStoppingIsOver() {
        CompletionStage<Integer> paused = pause(database);

        await(database.stop(Duration.ZERO));

        assertThat(failure(paused)).isSameAs(conflict);
        assertThat(conflict.getSuppressed()).singleElement().isInstanceOf(DatabaseClosedException.class);
        scheduler.pass(LONGEST_PAUSE);
        assertThat(runs).hasValue(1);
    }

    @Test
    void isNotTriedAgainAfterItsDeadline() {
        Deadline deadline = Deadline.after(Duration.ofMillis(250));
        CompletionStage<Integer> paused = pause(database.within(deadline));

        awaitEnd(deadline);
        scheduler.pass(LONGEST_PAUSE);

        assertThat(failure(paused)).isSameAs(conflict);
        assertThat(conflict.getSuppressed()).singleElement().isInstanceOf(DatabaseWaitTimeoutException.class);
        assertThat(runs).hasValue(1);
    }

    @Test
    void comesBackAtItsDeadlineHoweverLongItWasToPause() {
        Admission admission = new Admission(settings(), Runnable::run, started.system);
        Call<Integer> call = call(Deadline.after(Duration.ofMinutes(1)));

        admission.pause(call, Duration.ofHours(1));
        assertThat(admission.load().waiting()).isEqualTo(1);
        assertThat(call.result()).isNotDone();
        scheduler.pass(Duration.ofMinutes(1));

        assertThat(call.result()).isCompletedWithValue(1);
        assertThat(admission.load().waiting()).isZero();
    }

    private DispatcherSettings settings() {
        return DispatcherSettings.of(
                DatabaseSection.ofDefault(started.system.settings().config()));
    }

    private Call<Integer> call(Deadline deadline) {
        DispatcherSettings settings = settings();
        OpenHandles handles =
                new OpenHandles(started.system, settings, new HandleWatch(started.system, settings), Timing.NONE);
        CallbackWork<Integer> work = new CallbackWork<>(
                source -> 1,
                new CallbackEnvironment(
                        new CallbackConnections(
                                database.jdbi(), ConnectionPool.none(), handles, new DeadlineWatch(started.system)),
                        null,
                        Runnable::run,
                        null));
        CallFuture<Integer> result =
                new CallFuture<>(Runnable::run, new Admission(settings, Runnable::run, started.system));
        Gate gate = new Gate();
        gate.enter();
        return new Call<>(work, gate, CallOptions.of(Runnable::run), deadline, null, Observation.NONE, result);
    }

    private static void awaitEnd(Deadline deadline) {
        await(new CompletableFuture<Done>()
                .completeOnTimeout(Done.done(), deadline.remaining().toMillis() + 1, TimeUnit.MILLISECONDS));
        assertThat(deadline.isOver()).isTrue();
    }
}
