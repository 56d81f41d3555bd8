package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.metrics.ChannelsMetrics;

/** A registry of somebody else's, none of whose timers works, is no reason for a call to fail. */
final class FailingRegistryTest {
    private final RecordedLog log = new RecordedLog("org.pekkochannels");
    private final TestDatabase started =
            TestDatabase.start("channels.metrics.global-registry = off", "channels.database.threads = 1");
    private final Database database = started.database;

    private static final class Failing extends SimpleMeterRegistry {
        @Override
        protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
            return new CumulativeTimer(id, clock, config, pauses, getBaseTimeUnit(), false) {
                @Override
                protected void recordNonNegative(long amount, TimeUnit unit) {
                    throw new IllegalStateException("planted: " + id.getName());
                }
            };
        }
    }

    @BeforeEach
    void measure() {
        new ChannelsMetrics(started.system).bindTo(new Failing());
        await(database.useHandle(handle -> handle.execute("create table item (item_id int)")));
    }

    @AfterEach
    void stop() {
        TestDatabase.assertNothingLeft(database);
        started.close();
        log.close();
    }

    @Test
    void letsACallReturnWhatItHas() {
        int one = await(database.withHandle(handle -> 1));

        assertThat(one).isEqualTo(1);
        assertThat(log.soFar("the timer channels.database.run failed")).isNotEmpty();
        assertThat(log.soFar("the timer channels.database.handle.lifetime failed"))
                .isNotEmpty();
    }

    @Test
    void letsATransactionSucceedThatIsCommitted() {
        int inserted = await(database.inTransaction(handle -> handle.execute("insert into item values (1)")));

        assertThat(inserted).isEqualTo(1);
        int stored = await(database.withHandle(handle ->
                handle.select("select count(*) from item").mapTo(int.class).one()));
        assertThat(stored).isEqualTo(1);
    }

    @Test
    void tellsAFailureUnchanged() {
        IllegalStateException thrown = new IllegalStateException("no");

        assertThat(failure(database.useHandle(handle -> {
                    throw thrown;
                })))
                .isSameAs(thrown)
                .hasNoSuppressedExceptions();
    }

    @Test
    void letsABatchWriteItsRows() {
        Batch<Integer, Integer> batch = database.batched("numbers", 10, (handle, rows) -> rows);

        assertThat(await(batch.add(1))).isEqualTo(1);
        assertThat(await(batch.add(2))).isEqualTo(2);
    }
}
