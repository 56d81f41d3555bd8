package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;

/** Events that find their channel full are warned of, but not each of them. */
final class DroppedEventsTest {
    private final RecordedLog log = new RecordedLog(DropLog.class.getName());
    // Begins near its turn, as a clock of nanoseconds may.
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private final LocalChannels channels = new LocalChannels(1, Duration.ofHours(1), clock::get);
    private final Channel channel = channels.open(event -> {});

    @AfterEach
    void stopRecording() {
        log.close();
    }

    private void send(int events) {
        for (int i = 0; i < events; i++) {
            channels.deliverToGroup(new GroupName("all"), Event.of("news"));
        }
    }

    @Test
    void areLoggedAtOnceAndThenInOneLineAMinuteWithTheirNumber() {
        channels.join(new GroupName("all"), channel);

        send(1);
        assertThat(log.soFar("")).isEmpty();
        send(201);
        assertThat(log.soFar(""))
                .singleElement()
                .asString()
                .contains("dropped 1 event, the last for channel '" + channel.name() + "', where 1 may wait")
                .contains("channels.layer.capacity");

        clock.addAndGet(TimeUnit.SECONDS.toNanos(59));
        send(1);
        assertThat(log.soFar("")).hasSize(1);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
        send(1);

        assertThat(log.soFar("dropped 202 events")).hasSize(1);
        assertThat(channels.stats().full()).isEqualTo(203);
        channel.close();
    }
}
