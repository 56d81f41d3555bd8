package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of the contract about many threads that use a layer at once. */
abstract class ChannelLayerRaces extends ChannelLayerFixture {
    private static final int THREADS = 4;
    private static final int ROUNDS = 500;
    private static final int STEPS = 3_000;

    // So that no event is dropped because a channel is full.
    private static final int WIDE = THREADS * STEPS;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final List<ChannelLayer> layers = new ArrayList<>();

    /** What one sender said, and as which of its words. */
    private record Word(int sender, int number) {}

    /** One thread's part of a test. */
    private interface Part {
        void run(int thread) throws InterruptedException, BrokenBarrierException;
    }

    @AfterEach
    final void stop() {
        threads.shutdownNow();

        layers.forEach(ChannelLayerFixture::assertNothingLingersIn);
    }

    @Test
    void keepsTheOrderOfEachOfManySenders() throws InterruptedException, ExecutionException {
        ChannelLayer layer = wideLayer();
        try (Inbox inbox = new Inbox(layer)) {
            done(layer.groupAdd("room", inbox.channel()));

            together(sender -> IntStream.range(0, STEPS)
                    .forEach(number -> layer.groupSend("room", "word", new Word(sender, number))));

            assertInOrder(inbox);
        }
    }

    @Test
    void closingWhileJoiningLeavesNoMemberBehind() throws InterruptedException, ExecutionException {
        ChannelLayer layer = wideLayer();
        CyclicBarrier barrier = new CyclicBarrier(2);
        List<Channel> channels = IntStream.range(0, ROUNDS)
                .mapToObj(i -> layer.newChannel(event -> {}))
                .toList();

        together(2, thread -> {
            for (int i = 0; i < ROUNDS; i++) {
                barrier.await();
                if (thread == 0) {
                    channels.get(i).close();
                } else {
                    done(layer.groupAdd("room" + i % 3, channels.get(i)));
                }
            }
        });
    }

    @Test
    void joiningWhileTheLastMemberLeavesIsNotLost() throws InterruptedException, ExecutionException {
        ChannelLayer layer = wideLayer();
        CyclicBarrier barrier = new CyclicBarrier(2);
        List<Inbox> inboxes = List.of(new Inbox(layer), new Inbox(layer));

        together(2, thread -> {
            Inbox inbox = inboxes.get(thread);
            for (int i = 0; i < ROUNDS; i++) {
                barrier.await();
                done(layer.groupAdd("room", inbox.channel()));
                done(layer.groupSend("room", "round", thread + ":" + i));
                awaitWord(inbox, thread + ":" + i);
                done(layer.groupDiscard("room", inbox.channel()));
            }
        });

        inboxes.forEach(Inbox::close);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20, 300, 4_000})
    void survivesWhateverIsDoneAtTheSameTime(long seed) throws InterruptedException, ExecutionException {
        ChannelLayer layer = wideLayer();
        AtomicReferenceArray<Channel> channels = new AtomicReferenceArray<>(8);
        IntStream.range(0, channels.length()).forEach(i -> channels.set(i, reader(layer)));

        together(thread -> {
            Random random = new Random(seed * THREADS + thread);
            for (int step = 0; step < STEPS; step++) {
                anything(random, layer, channels);
            }
        });

        IntStream.range(0, channels.length()).forEach(i -> channels.get(i).close());
        assertThat(layer.stats().delivered()).isPositive();
        assertThat(layer.stats().full()).isZero();
    }

    private ChannelLayer wideLayer() {
        ChannelLayer layer = newLayer(WIDE, Duration.ofMinutes(1));
        layers.add(layer);
        return layer;
    }

    private static void anything(Random random, ChannelLayer layer, AtomicReferenceArray<Channel> channels) {
        int index = random.nextInt(channels.length());
        Channel channel = channels.get(index);
        String group = "room" + random.nextInt(3);
        switch (random.nextInt(8)) {
            case 0, 1 -> layer.groupAdd(group, channel);
            case 2, 3 -> layer.groupDiscard(group, channel);
            case 4, 5 -> layer.groupSend(group, "any", index);
            case 6 -> layer.send(channel.name(), "any", index);
            default -> channels.getAndSet(index, reader(layer)).close();
        }
    }

    /** A channel that takes each event as it comes. */
    private static Channel reader(ChannelLayer layer) {
        Map<String, Channel> self = new ConcurrentHashMap<>();
        Channel channel = layer.newChannel(event -> self.values().forEach(own -> own.take(event)));
        self.put("", channel);
        return channel;
    }

    private void together(Part part) throws InterruptedException, ExecutionException {
        together(THREADS, part);
    }

    private void together(int count, Part part) throws InterruptedException, ExecutionException {
        List<Callable<Boolean>> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int thread = i;
            parts.add(() -> {
                part.run(thread);
                return true;
            });
        }
        for (Future<Boolean> done : threads.invokeAll(parts)) {
            assertThat(done.get()).isTrue();
        }
    }

    private static void assertInOrder(Inbox inbox) throws InterruptedException {
        int[] next = new int[THREADS];
        for (int i = 0; i < THREADS * STEPS; i++) {
            Word word = inbox.arrived().payload(Word.class);
            assertThat(word.number()).isEqualTo(next[word.sender()]++);
        }
    }

    // What the other one says meanwhile comes too.
    private static void awaitWord(Inbox inbox, String word) throws InterruptedException {
        while (!inbox.next().equals(word)) {
            assertThat(word).isNotEmpty();
        }
    }
}
