package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LocalChannels;

/** What is transferred between nodes, and what a node does with what it cannot read. */
final class EventBatchTest {
    private static final GroupName ROOM = new GroupName("room");

    private final LocalChannels local = new LocalChannels(1000, Duration.ofMinutes(1));
    private final List<Event> received = new ArrayList<>();
    private final Channel channel = local.open(received::add);

    private static EventBatch batch(NodeQueue.Taken taken) {
        return BatchWriter.write(new BatchWriter.Content(taken, null, Optional.empty(), false, false));
    }

    private static byte[] event(int number) {
        return Transfer.toGroup(ROOM, null, Event.of("said", number));
    }

    private List<Integer> numbers() {
        return received.stream()
                .filter(event -> !event.isMark())
                .map(event -> event.payload(Integer.class))
                .toList();
    }

    private BatchReader.About deliver(EventBatch batch) {
        return new BatchReader(local, new DeliveryQueue(local, Runnable::run, 1)).deliver(batch, "other");
    }

    @Test
    void carriesEventsNamesAndTheEnd() {
        local.join(ROOM, channel);
        ChosenNames names = new ChosenNames(3, Set.of("thumbnails", "mail"));
        List<byte[]> events = List.of(
                event(1),
                Transfer.toChannel(channel.name(), Event.of("said", 2)),
                Transfer.toGroup(ROOM, channel.name(), Event.of("said", 3)));

        byte[] presence = {7};
        BatchReader.About about = deliver(BatchWriter.write(
                new BatchWriter.Content(new NodeQueue.Taken(0, events), names, Optional.of(presence), true, true)));

        assertThat(about).isEqualTo(new BatchReader.About(true, names, about.presence(), true));
        assertThat(about.presence()).contains(presence);
        assertThat(numbers()).containsExactly(1, 2);
        assertThat(local.stats().lost()).isZero();
    }

    @Test
    void aFullQueueDropsTheOldestAndTheReceiverHasAGap() {
        local.join(ROOM, channel);
        NodeQueue queue = new NodeQueue(10L * (event(100).length + 24));
        for (int i = 100; i < 125; i++) {
            queue.add(event(i));
        }

        deliver(batch(queue.take()));
        queue.add(event(125));
        deliver(batch(queue.take()));

        assertThat(numbers()).containsExactly(115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125);
        assertThat(local.stats().lost()).isEqualTo(15);
        assertThat(received.get(0).gap()).isPresent();
        assertThat(received).filteredOn(Event::isMark).hasSize(1);
    }

    @Test
    void aQueueKeepsOneEventWhateverItsSizeAndLimitsABatch() {
        NodeQueue queue = new NodeQueue(1);
        queue.add(event(1));
        queue.add(event(2));
        NodeQueue large = new NodeQueue(1 << 20);
        for (int i = 0; i < 100; i++) {
            large.add(event(i));
        }

        assertThat(queue.take().events()).hasSize(1);
        assertThat(queue.isWaiting()).isFalse();
        assertThat(large.take().events()).hasSize(NodeQueue.BATCH_EVENTS);
        assertThat(large.take().events()).hasSize(100 - NodeQueue.BATCH_EVENTS);
    }

    @Test
    void aBatchOfAnUnknownVersionIsAGapAndNoFailure() {
        local.join(ROOM, channel);

        BatchReader.About about = deliver(new EventBatch("batch/2", new byte[] {1, 2, 3}));

        assertThat(about).isEqualTo(BatchReader.About.NOTHING);
        assertThat(received).singleElement().matches(event -> event.gap().isPresent());
    }

    @Test
    void survivesBytesThatAreNoBatch() {
        Random random = new Random(1);
        byte[] whole = BatchWriter.write(new BatchWriter.Content(
                        new NodeQueue.Taken(0, List.of(event(1), event(2))),
                        new ChosenNames(1, Set.of("mail")),
                        Optional.of(new byte[] {7}),
                        false,
                        false))
                .bytes();
        for (int i = 0; i < 200; i++) {
            byte[] broken = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            if (broken.length > 8) {
                broken[8 + random.nextInt(broken.length - 8)] = (byte) random.nextInt();
            }

            assertThat(deliver(new EventBatch(EventBatch.MANIFEST, broken))).isNotNull();
        }
    }
}
