package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.LayerStats;

/** The part of the contract about whole nodes: one that is slow, one that is closed, and what a closed one leaves behind. */
abstract class NodeCases extends RaceCases {
    private static final int OPENINGS = 5;
    private static final Duration UNUSED = Duration.ofHours(1);
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");

    @Case(remote = true, capacity = Case.MANY)
    void aSlowNodeAffectsNoOtherNode(LayerNodes nodes) throws Exception {
        String room = nodes.group("room");
        List<Reader> readers =
                nodes.all().stream().map(node -> nodes.reader(node, room)).toList();
        List<Reader> others = readers.stream()
                .filter(reader -> reader.node != nodes.receiver())
                .toList();
        Optional<AutoCloseable> pause = nodes.contract().pause(nodes.receiver());
        try {
            Assumptions.assumeTrue(
                    pause.isPresent(), "needs a node that can be paused, see ChannelLayerContract.pause");

            nodes.groupSend(room, numbers(nodes.rounds()));

            for (Reader reader : others) {
                reader.expect(nodes.rounds(), nodes);
            }
        } finally {
            if (pause.isPresent()) {
                pause.get().close();
            }
        }
        for (Reader reader : readers) {
            reader.expect(nodes.rounds(), nodes);
            assertEquals(List.of(numbers(nodes.rounds())), reader.payloads(String.class), "events of a node");
        }
        nodes.expectCountOfAll(0, "full", LayerStats::full);
    }

    private static String[] numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toArray(String[]::new);
    }

    @Case(remote = true)
    void aClosedNodeAffectsNoOtherNode(LayerNodes nodes) throws Exception {
        String room = nodes.group("room");
        ChannelProbe leaving = nodes.probe(room);
        List<ChannelProbe> staying = nodes.all().stream()
                .filter(node -> node != nodes.receiver())
                .map(node -> nodes.probeOn(node, room))
                .toList();
        nodes.groupSend(room, "before");
        leaving.expect("before");

        nodes.close(nodes.receiver());
        nodes.groupSend(room, "after");
        nodes.ended(nodes.sender().send(leaving.name(), LayerNodes.TYPE, "late"));

        for (ChannelProbe probe : staying) {
            probe.expect("before", "after");
            nodes.expectNothing(probe);
        }
    }

    @Case(remote = true)
    void aChannelOfAClosedNodeEndsEachStage(LayerNodes nodes) throws Exception {
        ChannelProbe probe = nodes.probe();
        nodes.send(probe, "before");
        probe.expect("before");

        nodes.close(nodes.receiver());

        Stream.generate(() -> nodes.sender().send(probe.name(), LayerNodes.TYPE, "late"))
                .limit(20)
                .forEach(nodes::ended);
    }

    @Case(once = true)
    void closedNodesLeaveNoThreadBehind(LayerNodes nodes) throws Exception {
        openUseAndClose(nodes);
        Map<String, Long> before = threads();

        for (int i = 0; i < OPENINGS; i++) {
            openUseAndClose(nodes);
        }

        // A pool that all nodes of a process share may grow a little; what each opening leaves behind grows each time.
        Eventually.equal(
                List.of(),
                () -> grown(before),
                nodes.patience(),
                () -> "threads that each opening of nodes leaves behind");
    }

    private static void openUseAndClose(LayerNodes nodes) throws Exception {
        List<? extends ChannelLayer> opened =
                nodes.contract().newNodes(nodes.all().size(), Case.FEW, UNUSED);
        for (ChannelLayer node : opened) {
            try (ChannelProbe probe = new ChannelProbe(node, nodes.patience())) {
                nodes.done(node.groupAdd(nodes.group("room"), probe.channel()));
                nodes.done(opened.get(0).groupSend(nodes.group("room"), LayerNodes.TYPE, "text"));
                probe.expect("text");
            }
        }
        for (ChannelLayer node : opened) {
            nodes.contract().close(node);
        }
    }

    private static List<String> grown(Map<String, Long> before) {
        return threads().entrySet().stream()
                .filter(now -> now.getValue() - before.getOrDefault(now.getKey(), 0L) >= OPENINGS)
                .map(Map.Entry::toString)
                .sorted()
                .toList();
    }

    /** The number of threads by name, with digits left out. */
    private static Map<String, Long> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .collect(Collectors.groupingBy(
                        thread -> DIGITS.matcher(thread.getName()).replaceAll("#"), Collectors.counting()));
    }
}
