package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.Position;

/**
 * Threads that send to a group with history, while channels join it with positions of any age. One channel is a member from the begin, and
 * gets every event; each other one must get exactly the events after the position that it was given.
 */
final class JoiningReaders {
    private static final int SENDERS = 4;
    private static final int JOINS_PER_THREAD = 25;
    private static final String LAST = "last";

    private final LayerNodes nodes;
    private final GroupName group;
    private final Reader witness;
    private final Position begin;
    private final Map<Reader, Joined> joined = new ConcurrentHashMap<>();

    JoiningReaders(LayerNodes nodes, GroupName group) {
        this.nodes = nodes;
        this.group = group;
        this.witness = nodes.reader(nodes.receiver());
        this.begin = nodes.done(nodes.receiver().groupAdd(group, witness.channel, Position.NONE))
                .position();
    }

    void run() throws Exception {
        // The threads with higher numbers join.
        Together.run(2 * SENDERS, nodes.patience(), thread -> {
            if (thread < SENDERS) {
                send(thread);
            } else {
                join(new Random(nodes.contract().seed() + thread));
            }
        });
        nodes.groupSend(group.value(), LAST);
        Eventually.equal(true, () -> hasLast(witness), nodes.patience(), () -> "the last event at " + witness.channel);
        joined.keySet()
                .forEach(reader -> Eventually.equal(
                        true, () -> hasLast(reader), nodes.patience(), () -> "the last event at " + reader.channel));
    }

    private static boolean hasLast(Reader reader) {
        return reader.taken.stream().anyMatch(event -> LAST.equals(event.payload(String.class)));
    }

    private void send(int thread) {
        ChannelLayer node = nodes.all().get(thread % nodes.all().size());
        for (int i = 0; i < nodes.rounds() / SENDERS; i++) {
            nodes.done(node.groupSend(group, Event.of(LayerNodes.TYPE, thread + ":" + i)));
        }
    }

    private void join(Random random) {
        for (int i = 0; i < JOINS_PER_THREAD; i++) {
            Position since =
                    random.nextInt(4) == 0 ? Position.NONE : seen(random.nextInt(2 * ChannelLayerContract.KEPT_EVENTS));
            Reader reader = nodes.reader(nodes.receiver());
            joined.put(reader, nodes.done(nodes.receiver().groupAdd(group, reader.channel, since)));
        }
    }

    /** A position that the witness has seen: the newest one, or so many events before it. */
    private Position seen(int before) {
        List<Position> positions = positions(witness);
        return positions.isEmpty() ? begin : positions.get(Math.max(0, positions.size() - 1 - before));
    }

    private static List<Position> positions(Reader reader) {
        return reader.taken.stream().map(HistoryCases::position).toList();
    }

    void assertContiguous() {
        List<Position> all = positions(witness);
        assertEquals(nodes.rounds() / SENDERS * SENDERS + 1, all.size(), "events at the channel that never left");
        joined.forEach((reader, outcome) -> {
            Position position = outcome.position();
            int first = position.equals(begin) ? 0 : all.indexOf(position) + 1;
            assertEquals(
                    all.subList(first, all.size()),
                    positions(reader),
                    () -> "positions of the events at " + reader.channel + ", which joined with " + outcome);
        });
    }
}
