package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.settings.Settings;

/** The times that callers choose are bounded as those of the settings are. */
final class TimeBoundsTest {
    private final TestDatabase started = TestDatabase.start("channels.database.threads = 1");

    @AfterEach
    void stop() {
        started.close();
    }

    static Stream<Duration> outOfBounds() {
        return Stream.of(
                Duration.ZERO,
                Duration.ofMillis(-1),
                Duration.ofHours(24).plusNanos(1),
                Duration.ofDays(365),
                ChronoUnit.FOREVER.getDuration(),
                ChronoUnit.FOREVER.getDuration().negated());
    }

    @ParameterizedTest
    @MethodSource("outOfBounds")
    void refusesATimeOutOfBoundsAtTheCallAndQueuesNothing(Duration time) {
        CountDownLatch release = new CountDownLatch(1);
        CompletionStage<Done> busy = started.database.useHandle(handle -> await(release));

        assertThatThrownBy(() -> started.database.within(time).withHandle(handle -> 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("within must be longer than zero and at most 24h, was " + Settings.written(time)
                        + "; leave it out if there is no limit");
        assertThatThrownBy(() -> Deadline.after(time, "some.key"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "some.key must be longer than zero and at most 24h, was " + Settings.written(time));
        assertThat(started.database.stats().waiting()).isZero();
        release.countDown();
        await(busy);
    }

    @Test
    void takesTheLongestTime() {
        int one = await(started.database.within(Duration.ofHours(24)).withHandle(handle -> 1));

        assertThat(one).isEqualTo(1);
    }

    @Test
    void refusesToWaitForWorkForLongerThanADay() {
        assertThatThrownBy(() -> started.database.stop(ChronoUnit.FOREVER.getDuration()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("patience must be from zero to 24h, was 9223372036854775807s");
        assertThatThrownBy(() -> started.database.stop(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("patience must be from zero to 24h, was -1ms");
    }
}
