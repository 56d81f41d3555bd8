package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;

/** The part of the contract about when a membership begins and ends, also while others begin and end. */
abstract class MembershipCases extends EndingCases {
    @Case(capacity = Case.MANY)
    void anEventSentAfterGroupAddArrives(LayerNodes nodes) throws InterruptedException {
        ChannelProbe probe = nodes.probe();
        List<CompletionStage<Done>> sent = new ArrayList<>();

        for (int i = 0; i < nodes.rounds(); i++) {
            String room = nodes.group("room" + i);
            nodes.done(nodes.receiver().groupAdd(room, probe.channel()));
            sent.add(nodes.sender().groupSend(room, LayerNodes.TYPE, "" + i));
        }

        sent.forEach(nodes::done);
        probe.expect(numbers(nodes.rounds()));
        nodes.expectNothing(probe);
    }

    private static String[] numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toArray(String[]::new);
    }

    @Case(capacity = Case.MANY)
    void anEventSentAfterGroupDiscardDoesNotArrive(LayerNodes nodes) throws InterruptedException {
        ChannelProbe probe = nodes.probe();
        List<CompletionStage<Done>> sent = new ArrayList<>();

        for (int i = 0; i < nodes.rounds(); i++) {
            String room = nodes.group("room" + i);
            nodes.done(nodes.receiver().groupAdd(room, probe.channel()));
            nodes.done(nodes.receiver().groupDiscard(room, probe.channel()));
            sent.add(nodes.sender().groupSend(room, LayerNodes.TYPE, "" + i));
        }

        sent.forEach(nodes::done);
        nodes.expectNothing(probe);
    }

    @Case
    void aMemberThatComesAndGoesGetsWhatIsSentMeanwhile(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe();

        for (int i = 0; i < nodes.rounds() / 10; i++) {
            nodes.done(nodes.receiver().groupAdd(room, probe.channel()));
            nodes.groupSend(room, "in " + i);
            probe.expect("in " + i);
            nodes.done(nodes.receiver().groupDiscard(room, probe.channel()));
            nodes.groupSend(room, "out " + i);
            nodes.expectNothing(probe);
        }
    }

    @Case(capacity = Case.MANY)
    void joiningWhileTheLastMemberClosesIsNotLost(LayerNodes nodes) throws Exception {
        int rounds = nodes.rounds() / 2;
        ChannelProbe joins = nodes.probe();
        List<ChannelProbe> last = IntStream.range(0, rounds)
                .mapToObj(i -> nodes.probeOn(nodes.sender(), nodes.group("room" + i)))
                .toList();
        CyclicBarrier barrier = new CyclicBarrier(2);

        Together.run(2, nodes.patience(), thread -> {
            for (int i = 0; i < rounds; i++) {
                Together.meet(barrier, nodes.patience());
                if (thread == 0) {
                    last.get(i).close();
                } else {
                    nodes.done(nodes.receiver().groupAdd(nodes.group("room" + i), joins.channel()));
                    nodes.groupSend(nodes.group("room" + i), "" + i);
                }
            }
        });

        joins.expect(numbers(rounds));
        nodes.expectNothing(joins);
    }

    @Case(capacity = Case.MANY)
    void joiningWhileTheLastMemberLeavesIsNotLost(LayerNodes nodes) throws Exception {
        String room = nodes.group("room");
        List<ChannelLayer> ends = List.of(nodes.sender(), nodes.receiver());
        List<ChannelProbe> probes = ends.stream().map(nodes::probeOn).toList();
        CyclicBarrier barrier = new CyclicBarrier(2);

        Together.run(2, nodes.patience(), thread -> {
            ChannelLayer node = ends.get(thread);
            for (int i = 0; i < nodes.rounds() / 5; i++) {
                String own = thread + ":" + i;
                Together.meet(barrier, nodes.patience());
                nodes.done(node.groupAdd(room, probes.get(thread).channel()));
                nodes.done(node.groupSend(room, LayerNodes.TYPE, own));
                awaitText(probes.get(thread), own);
                nodes.done(node.groupDiscard(room, probes.get(thread).channel()));
            }
        });
    }

    // The other thread's events arrive too.
    private static void awaitText(ChannelProbe probe, String text) throws InterruptedException {
        while (!probe.next(String.class).equals(text)) {
            assertEquals(0, text.lastIndexOf(':') - 1, "the place of the colon");
        }
    }

    @Case(capacity = Case.MANY)
    void closingWhileJoiningLeavesNoMemberBehind(LayerNodes nodes) throws Exception {
        int rounds = nodes.rounds() / 2;
        List<Channel> channels = IntStream.range(0, rounds)
                .mapToObj(i -> nodes.probe().channel())
                .toList();
        CyclicBarrier barrier = new CyclicBarrier(2);

        Together.run(2, nodes.patience(), thread -> {
            for (int i = 0; i < rounds; i++) {
                Together.meet(barrier, nodes.patience());
                if (thread == 0) {
                    channels.get(i).close();
                } else {
                    nodes.done(nodes.receiver().groupAdd(nodes.group("room" + i % 3), channels.get(i)));
                }
            }
        });

        for (int i = 0; i < 3; i++) {
            assertEquals(0, nodes.receiver().localSize(new GroupName(nodes.group("room" + i))), "localSize");
        }
        nodes.done(nodes.sender().groupSend(nodes.group("room0"), Event.of(LayerNodes.TYPE)));
    }
}
