package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class InMemoryLayerTest {
    @Test
    void refusesBoundsThatAreNone() {
        assertThatThrownBy(() -> ChannelLayer.inMemory(0, Duration.ofSeconds(1)))
                .hasMessage("capacity of a channel must be at least 1, was 0");
        assertThatThrownBy(() -> ChannelLayer.inMemory(1, Duration.ZERO))
                .hasMessage("expiry of events must be longer than zero and at most 24h, was PT0S");
        assertThatThrownBy(() -> ChannelLayer.inMemory(1, ChronoUnit.FOREVER.getDuration()))
                .hasMessageStartingWith("expiry of events must be longer than zero and at most 24h, was PT");
    }

    @Nested
    final class Contract extends ChannelLayerContract {
        // Begins where a clock of nanoseconds may: before zero, near its turn.
        private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000);

        @Override
        protected ChannelLayer newLayer(int capacity, Duration expiry) {
            return new InMemoryLayer(new LocalChannels(capacity, expiry, clock::get));
        }

        @Override
        protected void pass(Duration time) {
            clock.addAndGet(time.toNanos());
        }
    }
}
