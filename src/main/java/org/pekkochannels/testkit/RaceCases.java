package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.LayerStats;

/** The part of the contract about many threads that use a layer at once. */
abstract class RaceCases extends MembershipCases {
    private static final int SENDERS = 8;

    /** What a sender has sent, and as which of its events. */
    record Sent(int sender, int number) {}

    @Case(capacity = Case.MANY)
    void keepsTheOrderOfEachOfManySenders(LayerNodes nodes) throws Exception {
        String room = nodes.group("room");
        List<Reader> readers =
                nodes.all().stream().map(node -> nodes.reader(node, room)).toList();
        int each = nodes.rounds() / 2;

        // Events for the group and for one of its members after each other, without waiting for a stage.
        Together.run(SENDERS, nodes.patience(), sender -> {
            ChannelLayer node = nodes.all().get(sender % nodes.all().size());
            for (int number = 0; number < each; number++) {
                if (number % 2 == 0) {
                    node.groupSend(room, LayerNodes.TYPE, new Sent(sender, number));
                } else {
                    for (Reader reader : readers) {
                        node.send(reader.channel.name(), LayerNodes.TYPE, new Sent(sender, number));
                    }
                }
            }
        });

        for (Reader reader : readers) {
            reader.expect(SENDERS * each, nodes);
            assertOrderOfEachSender(reader);
        }
    }

    private static void assertOrderOfEachSender(Reader reader) {
        Map<Integer, Integer> next = new HashMap<>();
        for (Sent sent : reader.payloads(Sent.class)) {
            int expected = next.merge(sent.sender(), 1, Integer::sum) - 1;
            assertEquals(
                    expected, sent.number(), () -> "next event of sender " + sent.sender() + " at " + reader.channel);
        }
    }

    @Case(capacity = Case.MANY)
    void survivesWhateverIsDoneAtTheSameTime(LayerNodes nodes) throws Exception {
        RandomActions actions = new RandomActions(nodes);
        try {
            actions.run();

            actions.assertNoneTwiceAndNoneLost();
            actions.assertCounted();
        } catch (AssertionError failure) {
            throw new AssertionError("with seed " + nodes.contract().seed() + ": " + failure.getMessage(), failure);
        }
    }

    @Case
    void aSlowMemberAffectsNoOtherMember(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe slow = nodes.probe(room);
        List<Reader> others = IntStream.range(0, 2 * nodes.all().size())
                .mapToObj(i -> nodes.reader(nodes.all().get(i / 2), room))
                .toList();

        for (int i = 0; i < nodes.rounds(); i++) {
            nodes.groupSend(room, "" + i);
        }

        List<String> all =
                IntStream.range(0, nodes.rounds()).mapToObj(Integer::toString).toList();
        for (Reader reader : others) {
            reader.expect(nodes.rounds(), nodes);
            assertEquals(all, reader.payloads(String.class), () -> "events at " + reader.channel);
        }
        nodes.expectCount(nodes.rounds() - Case.FEW, "full", LayerStats::full, nodes.receiver());
        slow.expect("0", "1", "2");
        nodes.expectNothing(slow);
    }
}
