package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Feature;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.LayerStats;
import org.pekkochannels.layer.Position;

/** The part of the contract about groups with history. Skipped for a layer without {@link Feature#HISTORY}. */
abstract class HistoryCases extends NamedCases {
    private static final int ORDERED_SENDERS = 4;
    private static final Duration MORE = Duration.ofMillis(100);

    /** A group of this case that keeps history. */
    static GroupName kept(LayerNodes nodes, String prefix, String name) {
        Assumptions.assumeTrue(nodes.receiver().features().contains(Feature.HISTORY), "needs Feature.HISTORY");
        GroupName group = GroupName.of(prefix, nodes.group(name));
        for (ChannelLayer node : nodes.all()) {
            assertTrue(
                    node.keepsHistory(group), () -> "keepsHistory of " + group.value() + ", which newNodes configures");
        }
        return group;
    }

    private static GroupName kept(LayerNodes nodes) {
        return kept(nodes, ChannelLayerContract.KEPT, "room");
    }

    private static Joined join(LayerNodes nodes, GroupName group, ChannelProbe probe, Position since) {
        return nodes.done(nodes.receiver().groupAdd(group, probe.channel(), since));
    }

    /** Read on the sender's node, and used on the receiver's. */
    private static Position top(LayerNodes nodes, GroupName group) {
        return nodes.done(nodes.sender().position(group));
    }

    private static void send(LayerNodes nodes, GroupName group, int from, int to) {
        nodes.groupSend(group.value(), texts(from, to));
    }

    private static String[] texts(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toArray(String[]::new);
    }

    @Case
    void aFirstJoinGetsThePositionBeforeTheNextEvent(LayerNodes nodes) throws InterruptedException {
        GroupName group = kept(nodes);
        send(nodes, group, 1, 1);
        ChannelProbe first = nodes.probe();
        ChannelProbe second = nodes.probe();

        Joined joined = join(nodes, group, first, Position.NONE);
        send(nodes, group, 2, 2);

        assertEquals(false, joined.recovered(), "whether a join without a position has recovered");
        first.expect("2");
        assertEquals(new Joined(joined.position(), true), join(nodes, group, second, joined.position()));
        second.expect("2");
        nodes.expectNothing(second);
    }

    @Case
    void aJoinSinceTheNewestEventMissesNothing(LayerNodes nodes) throws InterruptedException {
        GroupName group = kept(nodes);
        send(nodes, group, 1, 3);
        Position top = top(nodes, group);
        ChannelProbe probe = nodes.probe();

        assertEquals(new Joined(top, true), join(nodes, group, probe, top));

        nodes.expectNothing(probe);
        send(nodes, group, 4, 4);
        probe.expect("4");
    }

    @Case
    void replaysWhatWasMissedAndThenDeliversWhatIsSent(LayerNodes nodes) throws InterruptedException {
        GroupName group = kept(nodes);
        Position unused = top(nodes, group);
        send(nodes, group, 1, 9);
        ChannelProbe probe = nodes.probe();

        assertEquals(new Joined(unused, true), join(nodes, group, probe, unused));
        send(nodes, group, 10, 11);

        probe.expect(texts(1, 11));
        nodes.expectNothing(probe);
        nodes.expectCount(9, "refilled", LayerStats::refilled, nodes.receiver());
    }

    @Case
    void recoversFromTheOldestPositionAndNotFromTheOneBefore(LayerNodes nodes) throws InterruptedException {
        GroupName group = kept(nodes);
        Position zero = top(nodes, group);
        send(nodes, group, 1, 1);
        Position one = top(nodes, group);
        send(nodes, group, 2, 1 + ChannelLayerContract.KEPT_EVENTS);
        ChannelProbe late = nodes.probe();
        ChannelProbe tooLate = nodes.probe();

        assertEquals(new Joined(one, true), join(nodes, group, late, one));
        assertEquals(new Joined(top(nodes, group), false), join(nodes, group, tooLate, zero));

        late.expect(texts(2, 1 + ChannelLayerContract.KEPT_EVENTS));
        nodes.expectNothing(tooLate);
    }

    @Case
    void recoversNothingFromWhatIsNotAPositionOfTheGroup(LayerNodes nodes) throws InterruptedException {
        GroupName group = kept(nodes);
        GroupName other = kept(nodes, ChannelLayerContract.KEPT, "other");
        send(nodes, group, 1, 2);
        send(nodes, other, 1, 1);
        String top = top(nodes, group).text();
        String others = top(nodes, other).text();
        ChannelProbe probe = nodes.probe();

        for (String text : List.of(
                others,
                "",
                "x",
                ":",
                "0",
                ":1",
                "a:b:c",
                "\u0000",
                "9223372036854775808",
                "\uD83D\uDC4B",
                "../../etc",
                "x" + top,
                top + "0",
                top + " ",
                " " + top,
                top + ":1",
                "0".repeat(64),
                "0".repeat(65))) {
            Joined joined = join(nodes, group, probe, Position.of(text));

            assertEquals(new Joined(Position.of(top), false), joined, () -> "join since '" + text + "'");
            nodes.expectNothing(probe);
        }
    }

    @Case(capacity = Case.MANY)
    void aReceiverThatIsCutOffWhileItCatchesUpResumesWhereItWas(LayerNodes nodes) throws InterruptedException {
        GroupName group = kept(nodes);
        Position since = top(nodes, group);
        send(nodes, group, 1, 5);

        for (int i = 1; i <= 5; i++) {
            ChannelProbe probe = nodes.probe();
            assertEquals(new Joined(since, true), join(nodes, group, probe, since), "join after a cut");
            Event event = probe.next();
            assertEquals("" + i, event.payload(String.class), "the first event after a cut");
            since = position(event);
            probe.close();
        }

        assertEquals(top(nodes, group), since, "the position of the last event");
    }

    static Position position(Event event) {
        assertTrue(event.position().isPresent(), () -> event + " has a position");
        return event.position().get();
    }

    @Case(capacity = Case.MANY)
    void forgetsEventsAfterTheirTime(LayerNodes nodes) throws Exception {
        GroupName group = kept(nodes, ChannelLayerContract.BRIEFLY_KEPT, "room");
        Position zero = top(nodes, group);
        send(nodes, group, 1, 3);
        ChannelProbe probe = nodes.probe();

        nodes.pass(ChannelLayerContract.BRIEF_TIME.plus(MORE));

        assertEquals(false, join(nodes, group, probe, zero).recovered(), "recovered, after the history's time");
        nodes.expectNothing(probe);
        send(nodes, group, 4, 4);
        probe.expect("4");
    }

    @Case
    void givesTheNewestEventsOfAGroup(LayerNodes nodes) {
        GroupName group = kept(nodes);
        send(nodes, group, 1, 5);

        List<Event> newest = nodes.done(nodes.receiver().history(group, 2));
        List<Event> all = nodes.done(nodes.receiver().history(group, 100));

        assertEquals(List.of("4", "5"), payloads(newest), "history with a limit of 2");
        assertEquals(List.of(texts(1, 5)), payloads(all), "history with a limit of 100");
        assertEquals(top(nodes, group), position(newest.get(1)), "the position of the newest event");
    }

    private static List<String> payloads(List<Event> events) {
        return events.stream().map(event -> event.payload(String.class)).toList();
    }

    @Case
    void aGroupWithoutHistoryRecoversNothing(LayerNodes nodes) throws InterruptedException {
        GroupName group = new GroupName(nodes.group("room"));
        ChannelProbe probe = nodes.probe();

        assertEquals(Position.NONE, top(nodes, group), "the position of a group without history");
        assertEquals(new Joined(Position.NONE, false), join(nodes, group, probe, Position.of("x:1")));
        nodes.groupSend(group.value(), "one");

        probe.expect("one");
        nodes.expectNothing(probe);
    }

    @Case
    void aMemberThatJoinsAgainGetsEachEventOnce(LayerNodes nodes) throws InterruptedException {
        GroupName group = kept(nodes);
        ChannelProbe probe = nodes.probe();
        Joined first = join(nodes, group, probe, Position.NONE);
        send(nodes, group, 1, 2);
        Eventually.equal(2, probe::waiting, nodes.patience(), () -> "events that wait at " + probe);

        assertEquals(new Joined(first.position(), true), join(nodes, group, probe, first.position()));

        probe.expectHandled("1", "2");
        nodes.expectCount(2, "superseded", LayerStats::superseded, nodes.receiver());
    }

    @Case
    void aMemberThatWasFullAndJoinsAgainGetsEachEventOnce(LayerNodes nodes) throws InterruptedException {
        GroupName group = kept(nodes);
        ChannelProbe probe = nodes.probe();
        join(nodes, group, probe, Position.NONE);
        send(nodes, group, 1, 5);
        nodes.expectCount(2, "full", LayerStats::full, nodes.receiver());
        probe.expect("1", "2");
        Position third = position(probe.next());

        assertEquals(new Joined(third, true), join(nodes, group, probe, third), "join while a gap waits");
        send(nodes, group, 6, 6);

        probe.expectHandled("4", "5", "6");
        nodes.expectNothing(probe);
    }

    @Case
    void aMemberThatWasFullMissesNothingThatIsKept(LayerNodes nodes) throws InterruptedException {
        GroupName group = kept(nodes);
        ChannelProbe probe = nodes.probe();
        join(nodes, group, probe, Position.NONE);

        send(nodes, group, 1, 6);
        nodes.expectCount(3, "full", LayerStats::full, nodes.receiver());

        probe.expectHandled(texts(1, 6));
        send(nodes, group, 7, 7);
        probe.expect("7");
    }

    @Case(capacity = Case.MANY)
    void joinsBetweenEventsOfManySendersMissNoneAndGetNoneTwice(LayerNodes nodes) throws Exception {
        JoiningReaders readers = new JoiningReaders(nodes, kept(nodes));

        readers.run();

        readers.assertContiguous();
    }

    @Case(capacity = Case.MANY)
    void allMembersGetTheEventsOfAllSendersInOneOrder(LayerNodes nodes) throws Exception {
        GroupName group = kept(nodes);
        Assumptions.assumeTrue(nodes.receiver().features().contains(Feature.ORDERED), "needs Feature.ORDERED");
        List<Reader> readers = nodes.all().stream()
                .flatMap(node -> Stream.of(nodes.reader(node, group.value()), nodes.reader(node, group.value())))
                .toList();
        int each = nodes.rounds() / ORDERED_SENDERS;

        Together.run(ORDERED_SENDERS, nodes.patience(), sender -> {
            ChannelLayer node = nodes.all().get(sender % nodes.all().size());
            for (int i = 0; i < each; i++) {
                node.groupSend(group, LayerNodes.TYPE, sender + ":" + i);
            }
        });

        readers.forEach(reader -> reader.expect(ORDERED_SENDERS * each, nodes));
        List<String> first = readers.get(0).payloads(String.class);
        for (Reader reader : readers) {
            assertEquals(first, reader.payloads(String.class), () -> "the order of the events at " + reader.channel);
        }
    }
}
