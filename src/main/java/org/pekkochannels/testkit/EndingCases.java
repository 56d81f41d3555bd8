package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.LayerStats;
import org.pekkochannels.layer.LocalChannels;

/** The part of the contract about what ends: events that wait too long, memberships, channels. */
abstract class EndingCases extends GroupCases {
    private static final Duration MORE = Duration.ofMillis(50);

    @Case(expires = true)
    void dropsAnEventThatWaitedTooLong(LayerNodes nodes) throws Exception {
        ChannelProbe probe = nodes.probe();
        nodes.send(probe, "late");
        Event late = probe.arrived();

        expire(nodes);

        assertFalse(probe.channel().take(late), "an event that waited longer than the expiry was taken");
        nodes.expectCount(1, "expired", LayerStats::expired, nodes.receiver());
        nodes.send(probe, "one", "two", "three");
        probe.expect("one", "two", "three");
    }

    private static void expire(LayerNodes nodes) throws Exception {
        nodes.pass(nodes.receiver().expiry().plus(MORE));
    }

    @Case(expires = true)
    void expiresEachEventByItself(LayerNodes nodes) throws Exception {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room);
        nodes.send(probe, "one", "two", "three");
        probe.expect("one");
        List<Event> waiting = probe.arrived(2);

        expire(nodes);
        nodes.groupSend(room, "four");

        waiting.forEach(event -> assertFalse(probe.channel().take(event), "an expired event was taken"));
        probe.expect("four");
        nodes.expectNothing(probe);
    }

    @Case(expires = true)
    void anUnreadChannelDoesNotAffectAnother(LayerNodes nodes) throws Exception {
        String room = nodes.group("room");
        ChannelProbe unread = nodes.probe(room);
        ChannelProbe read = nodes.probe(room);
        nodes.groupSend(room, "first");
        read.expect("first");
        Event first = unread.arrived();

        expire(nodes);
        nodes.groupSend(room, "second");

        read.expect("second");
        assertFalse(unread.channel().take(first), "an expired event was taken");
        unread.expect("second");
    }

    @Case(expires = true)
    void expiryBeginsWithTheArrivalWhateverTheSendersClock(LayerNodes nodes) throws Exception {
        ChannelProbe probe = nodes.probe();
        Event event = Event.of(LayerNodes.TYPE, "old");
        nodes.done(nodes.sender().send(probe.name(), event));
        Event first = probe.arrived();

        expire(nodes);
        nodes.done(nodes.sender().send(probe.name(), event));

        assertFalse(probe.channel().take(first), "an expired event was taken");
        assertTrue(probe.channel().take(probe.arrived()), "the same event, sent again, has expired on arrival");
    }

    @Case(expires = true)
    void membershipDoesNotExpire(LayerNodes nodes) throws Exception {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room);
        nodes.groupSend(room, "expires");
        Event expires = probe.arrived();

        nodes.pass(nodes.receiver().expiry().multipliedBy(2));
        nodes.groupSend(room, "still here");

        assertFalse(probe.channel().take(expires), "an expired event was taken");
        probe.expect("still here");
    }

    @Case
    void dropsAndCountsWhatIsSentToAnUnknownChannel(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        List<ChannelProbe> probes =
                nodes.all().stream().map(node -> nodes.probeOn(node, room)).toList();

        nodes.done(nodes.sender().send("specific.gone!abcdefghijkl", Event.of(LayerNodes.TYPE, "lost")));
        nodes.groupSend(nodes.group("empty-room"), "lost");
        // What the sender's other events may have caused on a node has happened when this one arrives there.
        nodes.groupSend(room, "after");
        for (ChannelProbe probe : probes) {
            probe.expect("after");
        }

        nodes.expectCountOfAll(1, "unknown", LayerStats::unknown);
    }

    @Case
    void closingDropsWhatWaitsAndWhatArrivesLater(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room, nodes.group("hall"));
        nodes.send(probe, "one", "two");
        List<Event> waiting = probe.arrived(2);

        probe.close();
        probe.close();
        nodes.send(probe, "three");
        nodes.groupSend(room, "four");

        assertFalse(probe.channel().take(waiting.get(0)), "an event of a closed channel was taken");
        nodes.expectCount(3, "unknown", LayerStats::unknown, nodes.receiver());
        assertHasNothing(nodes.receiver(), room);
    }

    private static void assertHasNothing(ChannelLayer node, String group) {
        assertEquals(0, node.localSize(group), () -> "localSize of " + group);
        assertEquals(0, node.stats().channels(), "channels");
        assertEquals(0, node.stats().groups(), "groups");
        assertEquals(0, node.stats().members(), "members");
    }

    @Case
    void aClosedChannelReceivesNothing(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe closed = nodes.probe(room);
        ChannelProbe open = nodes.probe(room);

        closed.close();
        nodes.groupSend(room, "late");
        nodes.send(closed, "late");
        nodes.send(open, "last");

        open.expect("late", "last");
        closed.expectSilence();
    }

    @Case
    void aClosedChannelJoinsNothing(LayerNodes nodes) {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe();
        probe.close();

        nodes.done(nodes.receiver().groupAdd(room, probe.channel()));

        assertHasNothing(nodes.receiver(), room);
    }

    @Case
    void rejectsAChannelOfAnotherLayer(LayerNodes nodes) {
        LocalChannels others = new LocalChannels(1, Duration.ofSeconds(1));
        try (Channel stranger = others.open(event -> {})) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> nodes.receiver().groupAdd("room", stranger),
                    "groupAdd with a channel of another layer");
        }
    }

    @Case(remote = true)
    void rejectsAChannelOfAnotherNode(LayerNodes nodes) {
        ChannelProbe probe = nodes.probe();

        assertThrows(
                IllegalArgumentException.class,
                () -> nodes.sender().groupAdd(nodes.group("room"), probe.channel()),
                "groupAdd with a channel of another node");
    }

    @Case
    void refusesToTakeMoreThanWasGiven(LayerNodes nodes) throws InterruptedException {
        ChannelProbe probe = nodes.probe();
        nodes.send(probe, "one");
        Event event = probe.arrived();
        probe.channel().take(event);

        assertThrows(IllegalStateException.class, () -> probe.channel().take(event), "to take an event twice");
    }
}
