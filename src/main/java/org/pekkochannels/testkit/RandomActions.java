package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.LayerStats;

/**
 * Several threads that join, leave, send and close at random on all nodes, while one member on each node stays. Afterwards each event
 * that a channel was given is found once in the counters of its node.
 */
final class RandomActions {
    private static final int THREADS = 4;
    private static final int GROUPS = 3;
    private static final int READERS = 9;
    private static final String MARK = "random.mark";

    private final LayerNodes nodes;
    private final List<Reader> staying;
    private final AtomicReferenceArray<Reader> changing = new AtomicReferenceArray<>(READERS);
    private final Queue<Reader> all = new ConcurrentLinkedQueue<>();
    private final Queue<CompletionStage<Done>> stages = new ConcurrentLinkedQueue<>();
    // The events of the group in which one member on each node stays.
    private final Queue<Long> sentToStaying = new ConcurrentLinkedQueue<>();
    private final AtomicLong ids = new AtomicLong();

    RandomActions(LayerNodes nodes) {
        this.nodes = nodes;
        this.staying = nodes.all().stream().map(this::open).toList();
        staying.forEach(reader -> nodes.done(reader.node.groupAdd(group(0), reader.channel)));
        IntStream.range(0, READERS).forEach(i -> changing.set(i, open(node(i))));
    }

    private Reader open(ChannelLayer node) {
        Reader reader = nodes.reader(node);
        all.add(reader);
        return reader;
    }

    private ChannelLayer node(int index) {
        return nodes.all().get(index % nodes.all().size());
    }

    private String group(int index) {
        return nodes.group("room" + index);
    }

    void run() throws Exception {
        Together.run(THREADS, nodes.patience(), thread -> {
            Random random = new Random(nodes.contract().seed() * THREADS + thread);
            for (int step = 0; step < nodes.rounds(); step++) {
                anything(random);
            }
        });
        stages.forEach(nodes::done);
        awaitWhatIsOnTheWay();
    }

    private void anything(Random random) {
        int index = random.nextInt(READERS);
        Reader reader = changing.get(index);
        int group = random.nextInt(GROUPS);
        ChannelLayer sender = node(random.nextInt(READERS));
        switch (random.nextInt(8)) {
            case 0, 1 -> stages.add(reader.node.groupAdd(group(group), reader.channel));
            case 2, 3 -> stages.add(reader.node.groupDiscard(group(group), reader.channel));
            case 4, 5 -> groupSend(sender, group);
            case 6 -> stages.add(sender.send(reader.channel.name(), event()));
            default -> changing.getAndSet(index, open(reader.node)).channel.close();
        }
    }

    private void groupSend(ChannelLayer sender, int group) {
        long id = ids.incrementAndGet();
        if (group == 0) {
            sentToStaying.add(id);
        }
        stages.add(sender.groupSend(group(group), LayerNodes.TYPE, id));
    }

    private Event event() {
        return Event.of(LayerNodes.TYPE, ids.incrementAndGet());
    }

    /** Each node sends a mark after everything else to one channel of each node. */
    private void awaitWhatIsOnTheWay() {
        for (Reader reader : staying) {
            for (ChannelLayer sender : nodes.all()) {
                nodes.done(sender.send(reader.channel.name(), MARK, 0L));
            }
            int marks = nodes.all().size();
            Eventually.equal(marks, () -> marks(reader), nodes.patience(), () -> "marks at " + reader.channel);
        }
    }

    private static int marks(Reader reader) {
        return (int)
                reader.taken.stream().filter(event -> event.type().equals(MARK)).count();
    }

    void assertNoneTwiceAndNoneLost() {
        for (Reader reader : all) {
            List<Long> received = received(reader);
            assertEquals(
                    new HashSet<>(received).size(), received.size(), () -> "different events at " + reader.channel);
        }
        Set<Long> expected = new HashSet<>(sentToStaying);
        for (Reader reader : staying) {
            assertEquals(expected, new HashSet<>(received(reader)), () -> "events at the staying " + reader.channel);
        }
    }

    private static List<Long> received(Reader reader) {
        return reader.taken.stream()
                .filter(event -> !event.type().equals(MARK))
                .map(event -> event.payload(Long.class))
                .toList();
    }

    void assertCounted() {
        for (ChannelLayer node : nodes.all()) {
            List<Reader> readers =
                    all.stream().filter(reader -> reader.node == node).toList();
            long taken =
                    readers.stream().mapToLong(reader -> reader.taken.size()).sum();
            nodes.expectCount(taken, "delivered", LayerStats::delivered, node);
            nodes.expectCount(0, "full", LayerStats::full, node);
            nodes.expectCount(0, "expired", LayerStats::expired, node);
        }
    }
}
