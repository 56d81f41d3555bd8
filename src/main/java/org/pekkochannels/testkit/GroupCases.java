package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.function.Executable;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LayerStats;

/** The part of the contract about events for groups. */
abstract class GroupCases extends ChannelCases {
    @Case
    void deliversToMembersOnly(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe first = nodes.probe(room);
        ChannelProbe discarded = nodes.probe(room);
        ChannelProbe third = nodes.probe(room);
        ChannelProbe elsewhere = nodes.probe(nodes.group("hall"));
        nodes.done(nodes.receiver().groupDiscard(room, discarded.channel()));

        nodes.groupSend(room, "hello");

        first.expect("hello");
        third.expect("hello");
        nodes.expectNothing(discarded);
        nodes.expectNothing(elsewhere);
    }

    @Case
    void deliversToTheMembersOfEveryNode(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        List<ChannelProbe> members =
                nodes.all().stream().map(node -> nodes.probeOn(node, room)).toList();

        nodes.groupSend(room, "one", "two");

        for (ChannelProbe member : members) {
            member.expect("one", "two");
            nodes.expectNothing(member);
        }
    }

    @Case
    void deliversToAllMembersButTheExcludedOne(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe excluded = nodes.probe(room);
        ChannelProbe second = nodes.probe(room);
        ChannelProbe third = nodes.probeOn(nodes.sender(), room);

        nodes.done(nodes.sender()
                .groupSendExcept(new GroupName(room), excluded.name(), Event.of(LayerNodes.TYPE, "to others")));
        nodes.groupSend(room, "to all");

        second.expect("to others", "to all");
        third.expect("to others", "to all");
        excluded.expect("to all");
        nodes.expectNothing(excluded);
    }

    @Case
    void excludesNothingByANameThatIsNotAMembers(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe member = nodes.probe(room);
        ChannelProbe elsewhere = nodes.probe(nodes.group("hall"));

        for (String name : List.of(
                elsewhere.name(),
                "specific.gone!abc",
                nodes.probeOn(nodes.sender()).name())) {
            nodes.done(nodes.sender().groupSendExcept(new GroupName(room), name, Event.of(LayerNodes.TYPE, name)));
            member.expect(name);
        }

        nodes.expectNothing(elsewhere);
        assertThrows(
                IllegalArgumentException.class,
                () -> nodes.sender().groupSendExcept(new GroupName(room), "no name", Event.of(LayerNodes.TYPE)),
                "an excluded channel named 'no name'");
    }

    @Case
    void countsTheMembersOfAGroupOnEachNode(LayerNodes nodes) {
        String room = nodes.group("room");
        ChannelProbe first = nodes.probe(room);
        nodes.probe(room);
        nodes.probe(nodes.group("hall"));

        assertSize(nodes, 2, room);
        nodes.done(nodes.receiver().groupDiscard(room, first.channel()));
        assertSize(nodes, 1, room);
        assertSize(nodes, 0, nodes.group("empty-room"));
        for (ChannelLayer other : nodes.all()) {
            if (other != nodes.receiver()) {
                assertEquals(0, other.localSize(room), "localSize on a node without members");
            }
        }
    }

    private static void assertSize(LayerNodes nodes, int expected, String group) {
        assertEquals(expected, nodes.receiver().localSize(group), () -> "localSize of " + group);
    }

    @Case
    void dropsForFullMembersWithoutAnError(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room);

        nodes.groupSend(room, "1", "2", "3", "4", "5");

        nodes.expectCount(2, "full", LayerStats::full, nodes.receiver());
        probe.expect("1", "2", "3");
        nodes.expectNothing(probe);
    }

    @Case
    void deliversOnceHoweverOftenAChannelWasAdded(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room, room);

        nodes.groupSend(room, "once");

        probe.expect("once");
        nodes.expectNothing(probe);
        assertEquals(1, nodes.receiver().stats().members(), "members on the receiver's node");
    }

    @Case
    void discardsOnceAndForAll(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room, room);

        nodes.done(nodes.receiver().groupDiscard(room, probe.channel()));
        nodes.done(nodes.receiver().groupDiscard(room, probe.channel()));
        nodes.done(nodes.receiver().groupDiscard(nodes.group("never-joined"), probe.channel()));
        nodes.groupSend(room, "to nothing");

        nodes.expectNothing(probe);
        assertEquals(0, nodes.receiver().stats().groups(), "groups on the receiver's node");
    }

    @Case
    void aReceiverThatFailsKeepsNothingFromTheOthers(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        try (Channel broken = nodes.receiver().newChannel(event -> {
            throw new IllegalStateException("a receiver that fails, as the case wants");
        })) {
            nodes.done(nodes.receiver().groupAdd(room, broken));
            ChannelProbe probe = nodes.probe(room);

            nodes.groupSend(room, "1", "2", "3");
            nodes.done(nodes.sender().send(broken.name(), Event.of(LayerNodes.TYPE, "4")));

            probe.expect("1", "2", "3");
            nodes.expectCount(4, "unknown", LayerStats::unknown, nodes.receiver());
        }
    }

    @Case
    void carriesWhatThePayloadWasWhenItWasSent(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room);
        List<String> words = new ArrayList<>(List.of("before"));

        nodes.done(nodes.sender().groupSend(room, LayerNodes.TYPE, words));
        words.set(0, "after");

        assertEquals("[\"before\"]", probe.next().json(), "the payload");
    }

    @Case
    void carriesTheLongestNames(LayerNodes nodes) throws InterruptedException {
        String group = "g".repeat(99);
        String almost = "g".repeat(98);
        String type = "t".repeat(99);
        ChannelProbe probe = nodes.probe(group);
        ChannelProbe other = nodes.probe(almost);

        nodes.done(nodes.sender().groupSend(group, Event.of(type, "long")));
        nodes.done(nodes.sender().send(probe.name(), Event.of(type, "direct")));

        assertEquals(Event.of(type, "long"), probe.next(), "the event for the group");
        assertEquals(Event.of(type, "direct"), probe.next(), "the event for the channel");
        nodes.expectNothing(other);
    }

    @Case
    void keepsGroupsApartWhoseNamesDifferLittle(LayerNodes nodes) throws InterruptedException {
        String group = nodes.group("Room");
        List<String> names = List.of(group, nodes.group("room"), group + ".", group + "_", group + "-", "." + group);
        List<ChannelProbe> probes =
                names.stream().map(name -> nodes.probe(name)).toList();

        names.forEach(name -> nodes.groupSend(name, name));

        for (int i = 0; i < names.size(); i++) {
            probes.get(i).expect(names.get(i));
            nodes.expectNothing(probes.get(i));
        }
    }

    @Case
    void rejectsInvalidGroupNames(LayerNodes nodes) {
        ChannelProbe probe = nodes.probe();
        ChannelLayer node = nodes.receiver();

        for (String name : List.of("", "chat room", "chat!room", "r\u00e4ume", "a\n", "a/b", "x".repeat(100))) {
            assertInvalid("groupAdd", name, () -> node.groupAdd(name, probe.channel()));
            assertInvalid("groupDiscard", name, () -> node.groupDiscard(name, probe.channel()));
            assertInvalid("groupSend", name, () -> node.groupSend(name, Event.of(LayerNodes.TYPE)));
        }
    }

    private static void assertInvalid(String method, String name, Executable call) {
        assertThrows(IllegalArgumentException.class, call, () -> method + " with the group '" + name + "'");
    }
}
