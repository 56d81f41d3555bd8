package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Presence;
import org.pekkochannels.layer.PresenceLimitException;

/** The part of the contract about which keys are present. Skipped for a layer without presence. */
abstract class PresenceCases extends HistoryCases {
    private static final String META = "{\"n\":1}";

    // Of the defaults of channels.layer.presence.
    private static final int MAX_META = 4096;
    private static final int MAX_KEY = 256;
    private static final int MAX_PER_CHANNEL = 16;

    private static Presence presence(ChannelLayer node) {
        try {
            return node.presence();
        } catch (UnsupportedOperationException e) {
            return Assumptions.abort("needs presence: " + e.getMessage());
        }
    }

    private static GroupName room(LayerNodes nodes) {
        return new GroupName(nodes.group("room"));
    }

    private static PresenceWatcher watcher(LayerNodes nodes, GroupName group) {
        return new PresenceWatcher(nodes, presence(nodes.receiver()), group);
    }

    private static Channel enter(LayerNodes nodes, ChannelLayer node, GroupName group, String key, String json) {
        Channel channel = nodes.reader(node).channel;
        enter(nodes, node, group, channel, key, json);
        return channel;
    }

    private static void enter(
            LayerNodes nodes, ChannelLayer node, GroupName group, Channel channel, String key, String json) {
        nodes.done(presence(node).enter(group, channel, key, bytes(json)));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static void expect(LayerNodes nodes, Map<String, List<String>> expected, PresenceWatcher watcher)
            throws Exception {
        nodes.pass(nodes.contract().presenceTick().multipliedBy(2));
        Eventually.equal(expected, watcher::state, nodes.patience(), () -> "the presence that a channel has received");
    }

    private static void expectListed(LayerNodes nodes, Map<String, List<String>> expected, GroupName group) {
        for (ChannelLayer node : nodes.all()) {
            Eventually.equal(
                    expected,
                    () -> listed(nodes, node, group),
                    nodes.patience(),
                    () -> "the presence that node " + nodes.all().indexOf(node) + " lists");
        }
    }

    private static Map<String, List<String>> listed(LayerNodes nodes, ChannelLayer node, GroupName group) {
        return nodes.done(presence(node).list(group)).stream()
                .collect(Collectors.groupingBy(
                        Presence.Entry::key, Collectors.mapping(Presence.Entry::json, Collectors.toList())));
    }

    private static void passGrace(LayerNodes nodes) throws Exception {
        nodes.pass(nodes.contract()
                .presenceGrace()
                .plus(nodes.contract().presenceTick().multipliedBy(2)));
    }

    @Case(capacity = Case.MANY)
    void aKeyThatEntersIsListedAndReported(LayerNodes nodes) throws Exception {
        GroupName group = room(nodes);
        PresenceWatcher watcher = watcher(nodes, group);

        enter(nodes, nodes.sender(), group, "ada", META);

        expect(nodes, Map.of("ada", List.of(META)), watcher);
        expectListed(nodes, Map.of("ada", List.of(META)), group);
    }

    @Case(capacity = Case.MANY)
    void anUpdateReplacesTheMeta(LayerNodes nodes) throws Exception {
        GroupName group = room(nodes);
        PresenceWatcher watcher = watcher(nodes, group);
        Channel channel = enter(nodes, nodes.sender(), group, "ada", META);
        expect(nodes, Map.of("ada", List.of(META)), watcher);

        nodes.done(presence(nodes.sender()).update(group, channel, "ada", bytes("{\"n\":2}")));

        expect(nodes, Map.of("ada", List.of("{\"n\":2}")), watcher);
        expectListed(nodes, Map.of("ada", List.of("{\"n\":2}")), group);
        assertEquals(0, watcher.leaves("ada"), "reported leaves of a key that was updated");
    }

    @Case(capacity = Case.MANY)
    void aLeaveTakesEffectOnceAndAfterTheGrace(LayerNodes nodes) throws Exception {
        GroupName group = room(nodes);
        PresenceWatcher watcher = watcher(nodes, group);
        Channel channel = enter(nodes, nodes.sender(), group, "ada", META);
        expect(nodes, Map.of("ada", List.of(META)), watcher);

        nodes.done(presence(nodes.sender()).leave(group, channel, "ada"));

        expect(nodes, Map.of("ada", List.of(META)), watcher);
        passGrace(nodes);
        expect(nodes, Map.of(), watcher);
        expectListed(nodes, Map.of(), group);
        assertEquals(1, watcher.leaves("ada"), "reported leaves");
    }

    @Case(capacity = Case.MANY)
    void twoChannelsOfOneKeyAreTwoEntriesUntilOneCloses(LayerNodes nodes) throws Exception {
        GroupName group = room(nodes);
        PresenceWatcher watcher = watcher(nodes, group);
        Channel phone = enter(nodes, nodes.sender(), group, "ada", "\"phone\"");
        enter(nodes, nodes.receiver(), group, "ada", "\"tablet\"");
        expect(nodes, Map.of("ada", List.of("\"phone\"", "\"tablet\"")), watcher);

        phone.close();
        passGrace(nodes);

        expect(nodes, Map.of("ada", List.of("\"tablet\"")), watcher);
        expectListed(nodes, Map.of("ada", List.of("\"tablet\"")), group);
    }

    @Case(capacity = Case.MANY)
    void aKeyThatReturnsWithinTheGraceIsNotReported(LayerNodes nodes) throws Exception {
        GroupName group = room(nodes);
        PresenceWatcher watcher = watcher(nodes, group);
        Channel first = enter(nodes, nodes.sender(), group, "ada", META);
        expect(nodes, Map.of("ada", List.of(META)), watcher);
        int before = watcher.events();

        first.close();
        nodes.pass(nodes.contract().presenceTick());
        enter(nodes, nodes.receiver(), group, "ada", META);
        passGrace(nodes);

        expect(nodes, Map.of("ada", List.of(META)), watcher);
        expectListed(nodes, Map.of("ada", List.of(META)), group);
        assertEquals(before, watcher.events(), "events of the presence, unchanged by a key that returns");
    }

    @Case(capacity = Case.MANY)
    void aChannelThatWatchesLaterGetsTheState(LayerNodes nodes) throws Exception {
        GroupName group = room(nodes);
        enter(nodes, nodes.sender(), group, "ada", META);
        enter(nodes, nodes.receiver(), group, "grace", META);
        nodes.pass(nodes.contract().presenceTick());

        PresenceWatcher watcher = watcher(nodes, group);

        expect(nodes, Map.of("ada", List.of(META), "grace", List.of(META)), watcher);
    }

    @Case(capacity = Case.MANY)
    void anyTextIsAKey(LayerNodes nodes) throws Exception {
        GroupName group = room(nodes);
        PresenceWatcher watcher = watcher(nodes, group);
        List<String> keys = List.of(
                "__proto__", "constructor", "toString", "a b", "\u0000", "\"\\", "\uD83D\uDC4B", "x".repeat(MAX_KEY));

        keys.forEach(key -> enter(nodes, nodes.sender(), group, key, META));

        Map<String, List<String>> expected = keys.stream().collect(Collectors.toMap(key -> key, key -> List.of(META)));
        expect(nodes, expected, watcher);
        expectListed(nodes, expected, group);
    }

    @Case
    void rejectsWhatIsOverABound(LayerNodes nodes) {
        GroupName group = room(nodes);
        Presence presence = presence(nodes.sender());
        Channel channel = nodes.reader(nodes.sender()).channel;
        String large = "1".repeat(MAX_META + 1);

        assertLimit(nodes, PresenceLimitException.Limit.KEY, presence, group, channel, "x".repeat(MAX_KEY + 1), META);
        assertLimit(nodes, PresenceLimitException.Limit.KEY, presence, group, channel, "", META);
        assertLimit(nodes, PresenceLimitException.Limit.META, presence, group, channel, "ada", large);
        for (int i = 0; i < MAX_PER_CHANNEL; i++) {
            enter(nodes, nodes.sender(), group, channel, "key" + i, META);
        }
        assertLimit(nodes, PresenceLimitException.Limit.CONNECTION, presence, group, channel, "one more", META);
    }

    private static void assertLimit(
            LayerNodes nodes,
            PresenceLimitException.Limit limit,
            Presence presence,
            GroupName group,
            Channel channel,
            String key,
            String json) {
        PresenceLimitException failure =
                nodes.failure(PresenceLimitException.class, presence.enter(group, channel, key, bytes(json)));
        assertEquals(limit, failure.limit(), "the limit of the PresenceLimitException");
    }

    @Case(capacity = Case.MANY, once = true)
    void reportsManyKeysInFewEvents(LayerNodes nodes) throws Exception {
        GroupName group = room(nodes);
        PresenceWatcher watcher = watcher(nodes, group);
        expect(nodes, Map.of(), watcher);

        IntStream.range(0, nodes.rounds()).forEach(i -> enter(nodes, nodes.sender(), group, "key" + i, META));

        expect(
                nodes,
                IntStream.range(0, nodes.rounds())
                        .boxed()
                        .collect(Collectors.toMap(i -> "key" + i, i -> List.of(META))),
                watcher);
        assertTrue(
                watcher.events() <= nodes.rounds() / 5,
                () -> watcher.events() + " events of the presence, expected fewer than a fifth of the keys");
    }

    @Case(remote = true, capacity = Case.MANY)
    void theKeysOfAClosedNodeLeaveOnce(LayerNodes nodes) throws Exception {
        GroupName group = room(nodes);
        PresenceWatcher watcher = watcher(nodes, group);
        enter(nodes, nodes.sender(), group, "ada", META);
        expect(nodes, Map.of("ada", List.of(META)), watcher);

        nodes.close(nodes.sender());
        passGrace(nodes);

        expect(nodes, Map.of(), watcher);
        assertEquals(1, watcher.leaves("ada"), "reported leaves");
    }
}
