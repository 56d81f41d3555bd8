package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.database.DatabaseStats;
import org.pekkochannels.http.RunningApplication;

/** A million rows for a client that reads when it likes to; what waits for it is never more than the bound, or it is cut. */
class StreamToSlowClientTest {
    private static final int ROWS = 1_000_000;
    private static final int SLICE = 1000;
    private static final String BOUND = "256 KiB";
    private static final long MORE_HEAP = 16L << 20;
    // So often in a row must nothing happen for the stream to count as stopped by its client.
    private static final int QUIET_LOOKS = 20;

    private final Census census = new Census();
    private final AtomicInteger slices = new AtomicInteger();
    private final RunningApplication application = RunningApplication.start(
            "channels.websocket { max-outbound-bytes = " + BOUND + ", write-timeout = 10m, ping-interval = off }",
            channels -> channels.websocket("ws/", Exporter::new));

    /** A row of some 40 bytes. */
    private record Row(long id, String body) {}

    private final class Exporter extends CountedConsumer {
        Exporter(ConsumerContext context) {
            super(context, census);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .slices(0L, Row::id, StreamToSlowClientTest::after)
                    .forEach(rows -> sendJson(rows).thenCompose(sent -> {
                        slices.incrementAndGet();
                        return drained();
                    }))
                    .thenCompose(sent -> send("sent"));
        }
    }

    private static List<Row> after(Handle handle, long id) {
        return handle.select("select \"X\" from system_range(?, ?)", id + 1, Math.min(id + SLICE, ROWS))
                .map((row, context) -> new Row(row.getLong(1), "row number " + row.getLong(1)))
                .list();
    }

    @AfterEach
    void endsLeakFree() {
        application.awaitNoConnections();
        application.close();
        census.assertThatEveryoneWentOnce();
    }

    private void awaitNothingInUse() {
        TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
            DatabaseStats stats = application.database().stats();
            assertThat(stats.openHandles() + stats.busy() + stats.waiting()).isZero();
            assertThat(stats.pool())
                    .hasValueSatisfying(pool -> assertThat(pool.active()).isZero());
            return true;
        });
    }

    private int awaitQuiet() throws InterruptedException {
        int seen = 0;
        for (int quiet = 0; quiet < QUIET_LOOKS || seen == 0; quiet++) {
            Thread.sleep(10);
            quiet = slices.get() == seen ? quiet : 0;
            seen = slices.get();
        }
        return seen;
    }

    private static void assertSlice(String json, int number) {
        assertThat(json)
                .startsWith("[{\"id\":" + (number * SLICE + 1) + ",")
                .endsWith("\"row number " + (number + 1) * SLICE + "\"}]");
    }

    @Test
    void keepsMemoryFlatAndHoldsNoHandle() throws Exception {
        try (Peer client = Peer.open(application.port(), "/ws/")) {
            long before = Heap.used();
            client.write(ClientFrame.text("export"));

            int ahead = awaitQuiet();
            awaitNothingInUse();
            assertThat(ahead).as("slices read").isLessThan(ROWS / SLICE / 2);
            assertThat(Heap.used() - before).as("more heap").isLessThan(MORE_HEAP);
            for (int number = 0; number < ROWS / SLICE; number++) {
                assertSlice(client.next().text(), number);
            }
            assertThat(client.next().text()).isEqualTo("sent");
            assertThat(slices).hasValue(ROWS / SLICE);
        }
    }

    @Test
    void stopsReadingWhenTheClientIsGone() throws Exception {
        try (Peer client = Peer.open(application.port(), "/ws/")) {
            client.write(ClientFrame.text("export"));
            awaitQuiet();

            client.reset();

            assertThat(census.nextEnd().code()).isEqualTo(1006);
            awaitNothingInUse();
            assertThat(slices).hasValueLessThan(ROWS / SLICE / 2);
        }
    }
}
