package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.Ticker;

/** Channels that enter, watch and close on several threads, while the JVM's scheduler ticks. */
final class PresenceRaceTest {
    private static final GroupName ROOM = new GroupName("room");
    private static final int THREADS = 4;

    private final LocalChannels local = new LocalChannels(
            1000,
            Duration.ofSeconds(60),
            Ticker.SYSTEM,
            new PresenceSettings(Duration.ofMillis(100), Duration.ZERO, 100, 10_000, 16),
            PresenceTicks.Scheduling.ofJvm());

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void leavesNothingBehind(long seed) throws InterruptedException {
        BlockingQueue<Presence.Diff> diffs = new LinkedBlockingQueue<>();
        Channel[] watcher = new Channel[1];
        watcher[0] = local.open(event -> {
            if (watcher[0].take(event)) {
                diffs.add(Presence.Diff.of(event));
            }
        });
        local.presence().watch(ROOM, watcher[0]);

        CompletableFuture.allOf(IntStream.range(0, THREADS)
                        .mapToObj(i -> CompletableFuture.runAsync(() -> comeAndGo(new Random(seed * THREADS + i))))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        Channel last = local.open(event -> {});
        local.presence().enter(ROOM, last, "last", new byte[] {'1'});
        local.presence().enter(ROOM, watcher[0], "watcher", new byte[] {'1'});
        last.close();

        PresentClient.Model model = new PresentClient.Model();
        while (!model.present().keySet().equals(Set.of("watcher"))) {
            model.apply(requireNonNull(diffs.poll(20, TimeUnit.SECONDS), "no difference was sent"));
        }
        watcher[0].close();
        assertThat(local.presence().stats().entries()).isZero();
        assertThat(local.presence().stats().watches()).isZero();
        assertThat(local.stats().channels()).isZero();
    }

    private void comeAndGo(Random random) {
        for (int i = 0; i < 2000; i++) {
            Channel channel = local.open(event -> {});
            byte[] meta = {(byte) ('0' + random.nextInt(10))};
            local.presence().watch(ROOM, channel);
            CompletableFuture<Void> closes = random.nextBoolean()
                    ? CompletableFuture.runAsync(channel::close)
                    : CompletableFuture.completedFuture(null);
            local.presence().enter(ROOM, channel, "user-" + random.nextInt(50), meta);
            local.presence().enter(ROOM, channel, "user-" + random.nextInt(50), meta);
            closes.join();
            channel.close();
        }
    }
}
