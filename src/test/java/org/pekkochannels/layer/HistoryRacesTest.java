package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.Ticker;

/** Many senders to one group with history, while channels come and go with positions of any age. */
final class HistoryRacesTest {
    private static final int SENDERS = 8;
    private static final int JOINS = 10_000;
    private static final int SIZE = 64;
    private static final GroupName ROOM = GroupName.of("chat", "lobby");

    private final LocalChannels local =
            new LocalChannels(new ChannelBounds(100, 1 << 20, Duration.ofHours(1)), Ticker.SYSTEM);
    private final HistoryStore store =
            new HistoryStore(List.of(new HistoryRule("chat", SIZE, Duration.ofHours(1))), 1 << 20, local);
    private final ChannelLayer layer = new InMemoryLayer(local, store, ChannelLayer.DEFAULT_MAX_EVENT);
    private final ExecutorService threads = Executors.newFixedThreadPool(SENDERS + 2);
    private final AtomicBoolean over = new AtomicBoolean();
    // Each join wants events while it happens; senders that never wait would only take the processors.
    private final Semaphore wanted = new Semaphore(0);

    @AfterEach
    void stops() {
        threads.shutdownNow();
    }

    private static long offset(Position position) {
        return Long.parseLong(position.text().substring(position.text().indexOf(':') + 1));
    }

    private Position top() {
        return layer.position(ROOM).toCompletableFuture().join();
    }

    private void sendUntilOver() {
        for (int i = 0; !over.get(); i++) {
            wanted.acquireUninterruptibly();
            layer.groupSend(ROOM, "number", i);
        }
    }

    /** What a channel is given, and takes at once or not. */
    private final class Reader implements AutoCloseable {
        private final BlockingQueue<Event> given = new LinkedBlockingQueue<>();
        private final Channel channel = layer.newChannel(given::add);

        /** Returns false if the position recovered nothing. */
        boolean readsWithoutAHole(Position since, int events) throws InterruptedException {
            wanted.release(events);
            Joined joined =
                    layer.groupAdd(ROOM, channel, since).toCompletableFuture().join();
            assertThat(joined.recovered() ? joined.position() : since).isEqualTo(since);
            long expected = offset(joined.position());
            for (int read = 0; read < events; ) {
                Event event = next();
                if (event.isMark()) {
                    boolean told = channel.take(event);
                    if (told) {
                        return joined.recovered(); // it was full, and the history is too short: nothing comes unseen
                    }
                } else {
                    assertThat(channel.take(event)).isTrue();
                    assertThat(offset(event.position().orElseThrow())).isEqualTo(++expected);
                    read++;
                }
            }
            return joined.recovered();
        }

        private Event next() throws InterruptedException {
            Event event = given.poll();
            while (event == null) { // what was sent came before the join
                wanted.release();
                event = given.poll(1, TimeUnit.MILLISECONDS);
            }
            return event;
        }

        @Override
        public void close() {
            channel.close();
        }
    }

    /** Joins with positions of any age, old ones too, which recover nothing. */
    private int joins(Random random, AtomicInteger recovered) throws InterruptedException {
        Queue<Position> seen = new ArrayDeque<>();
        for (int i = 0; i < JOINS / 2; i++) {
            seen.add(top());
            if (seen.size() > 8) {
                seen.remove();
            }
            Position since = new ArrayList<>(seen).get(random.nextInt(seen.size()));
            try (Reader reader = new Reader()) {
                // Slow now and then, so that the channel is full and is refilled.
                boolean caughtUp = reader.readsWithoutAHole(since, 1 + random.nextInt(i % 100 == 0 ? 300 : 5));
                recovered.addAndGet(caughtUp ? 1 : 0);
            }
        }
        return JOINS / 2;
    }

    @Test
    void eachJoinIsContiguousOrRecoversNothing() throws Exception {
        AtomicInteger recovered = new AtomicInteger();
        top();
        for (int i = 0; i < SENDERS; i++) {
            threads.execute(this::sendUntilOver);
        }
        Future<Integer> some = threads.submit(() -> joins(new Random(1), recovered));
        Future<Integer> others = threads.submit(() -> joins(new Random(2), recovered));

        assertThat(some.get() + others.get()).isEqualTo(JOINS);

        over.set(true);
        wanted.release(SENDERS);
        threads.shutdown();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(recovered.get()).isBetween(JOINS / 10, JOINS);
        LayerStats stats = layer.stats();
        assertThat(stats.arrived())
                .isEqualTo(stats.delivered() + stats.full() + stats.expired() + stats.superseded() + stats.unknown());
        assertThat(stats.members() + stats.channels()).isZero();
    }

    @Test
    void sendersToGroupsThatAreOverTheBoundAlone() throws Exception {
        LocalChannels channels = new LocalChannels(new ChannelBounds(1, 1 << 20, Duration.ofHours(1)), Ticker.SYSTEM);
        HistoryStore small =
                new HistoryStore(List.of(new HistoryRule("chat", 1, Duration.ofHours(1))), 1 << 16, channels);
        Event large = Event.of("note", "x".repeat(1 << 16));
        List<Future<?>> senders = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            GroupName group = GroupName.of("chat", "room" + sender);
            senders.add(threads.submit(() -> {
                for (int i = 0; i < 2_000; i++) {
                    small.publish(group, null, large);
                }
            }));
        }

        for (Future<?> sender : senders) {
            sender.get();
        }

        assertThat(small.size()).isLessThanOrEqualTo(1);
    }
}
