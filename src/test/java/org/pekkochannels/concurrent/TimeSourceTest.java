package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.typesafe.config.ConfigFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.Test;

final class TimeSourceTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-01-01T12:00:00Z"), ZoneOffset.UTC);

    @Test
    void isRealByDefault() {
        ActorSystem system = ActorSystem.create("real", ConfigFactory.load());
        try {
            assertThat(TimeSource.of(system)).isSameAs(TimeSource.real());
            assertThat(TimeSource.real().clock()).isEqualTo(Clock.systemUTC());
            long before = System.nanoTime();
            assertThat(TimeSource.real().ticker().read()).isBetween(before, System.nanoTime());
        } finally {
            ActorTestKit.shutdown(Adapter.toTyped(system));
        }
    }

    @Test
    void isThatOfTheSetupOfItsSystem() {
        AtomicLong nanos = new AtomicLong(7);
        ActorSystem system = ActorSystem.create(
                "moved",
                ActorSystemSetup.create(
                        BootstrapSetup.create(ConfigFactory.load()), new TimeSource.Replacement(nanos::get, NOON)));
        try {
            TimeSource time = TimeSource.of(system);
            nanos.set(8);

            assertThat(time.ticker().read()).isEqualTo(8);
            assertThat(time.clock().instant()).isEqualTo(NOON.instant());
            assertThat(TimeSource.of(system)).isSameAs(time);
        } finally {
            ActorTestKit.shutdown(Adapter.toTyped(system));
        }
    }

    @Test
    @SuppressWarnings("NullAway") // The callers need not be compiled with it.
    void namesWhatIsMissing() {
        assertThatNullPointerException()
                .isThrownBy(() -> new TimeSource.Replacement(null, NOON))
                .withMessage("the ticker of a time source must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> new TimeSource.Replacement(Ticker.SYSTEM, null))
                .withMessage("the clock of a time source must not be null");
    }
}
