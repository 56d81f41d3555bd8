package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Assumptions;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.LayerStats;
import org.pekkochannels.layer.NoWorkerException;

/** The part of the contract about channels with chosen names. A layer may leave them out; then these cases are skipped. */
abstract class NamedCases extends NodeCases {
    private static final String FIRST = "first.event";

    @Case(capacity = Case.MANY)
    void anEventForANameReachesOneChannelOfAllNodes(LayerNodes nodes) {
        String name = nodes.group("worker");
        List<Reader> readers = nodes.all().stream()
                .flatMap(node -> Stream.of(named(nodes, node, name), named(nodes, node, name)))
                .toList();
        awaitKnown(nodes, name);

        List<CompletionStage<Done>> sent = IntStream.range(0, nodes.rounds())
                .mapToObj(i -> nodes.sender().send(name, LayerNodes.TYPE, i))
                .toList();
        sent.forEach(nodes::done);

        Eventually.equal(nodes.rounds(), () -> numbers(readers).size(), nodes.patience(), () -> "events for " + name);
        assertEquals(
                IntStream.range(0, nodes.rounds()).boxed().toList(),
                numbers(readers).stream().sorted().toList(),
                () -> "events for " + name);
    }

    private static Reader named(LayerNodes nodes, ChannelLayer node, String name) {
        try {
            return nodes.named(node, name);
        } catch (UnsupportedOperationException e) {
            return Assumptions.abort("needs channels with chosen names: " + e.getMessage());
        }
    }

    /** A name need not be known on other nodes when its channel is open. */
    private static void awaitKnown(LayerNodes nodes, String name) {
        Eventually.equal(
                true,
                () -> isSent(nodes, name),
                nodes.patience(),
                () -> "whether the sender's node knows the name " + name);
    }

    private static boolean isSent(LayerNodes nodes, String name) {
        return nodes.ended(nodes.sender().send(name, FIRST, -1));
    }

    private static List<Integer> numbers(List<Reader> readers) {
        return readers.stream()
                .flatMap(reader -> reader.taken.stream())
                .filter(event -> event.type().equals(LayerNodes.TYPE))
                .map(event -> event.payload(Integer.class))
                .toList();
    }

    @Case
    void failsASendToANameWithoutAChannel(LayerNodes nodes) {
        String name = nodes.group("worker");
        named(nodes, nodes.receiver(), nodes.group("other"));

        NoWorkerException failure =
                nodes.failure(NoWorkerException.class, nodes.sender().send(name, LayerNodes.TYPE, "lost"));

        assertEquals(name, failure.channel(), "the channel of the NoWorkerException");
        nodes.expectCountOfAll(1, "unknown", LayerStats::unknown);
    }

    @Case
    void failsASendToANameWhoseLastChannelIsClosed(LayerNodes nodes) {
        String name = nodes.group("worker");
        Reader reader = named(nodes, nodes.receiver(), name);
        awaitKnown(nodes, name);

        reader.channel.close();

        Eventually.equal(
                false,
                () -> isSent(nodes, name),
                nodes.patience(),
                () -> "whether the sender's node knows the name " + name + " after its channel was closed");
    }
}
