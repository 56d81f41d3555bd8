package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pekkochannels.layer.ChannelFullException;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.EventTooLargeException;
import org.pekkochannels.layer.LayerStats;
import org.pekkochannels.layer.UnencodablePayloadException;

/** The part of the contract about events for one channel. */
abstract class ChannelCases {
    private static final Pattern CHANNEL_NAME = Pattern.compile("[A-Za-z0-9._-]+(![A-Za-z0-9._-]*)?");
    private static final int MEBIBYTE = 1 << 20;

    // Spaces, escapes and a number that a decoder and an encoder would change.
    private static final String UNUSUAL_JSON =
            "{ \"b\" : 1.0e2, \"a\":\"\\u00e9\\/\u00e9\uD83D\uDE00\" ,\"a b\":[ ], \"n\":12345678901234567890.10 }";

    @Case
    void deliversToAChannelInOrder(LayerNodes nodes) throws InterruptedException {
        ChannelProbe probe = nodes.probe();

        nodes.send(probe, "one", "two", "three");

        probe.expect("one", "two", "three");
        nodes.expectNothing(probe);
    }

    @Case
    void namesEachChannelUniquely(LayerNodes nodes) {
        Set<String> names = new HashSet<>();
        for (ChannelLayer node : nodes.all()) {
            names.add(nodes.probeOn(node).name());
            names.add(nodes.probeOn(node).name());
        }

        assertEquals(2 * nodes.all().size(), names.size(), () -> "different names of channels, which were " + names);
        assertEquals(
                Set.of(),
                names.stream().filter(ChannelCases::isInvalid).collect(Collectors.toSet()),
                "names that are not 1-99 of [A-Za-z0-9._-] with at most one '!'");
    }

    private static boolean isInvalid(String name) {
        return name.length() > 99 || !CHANNEL_NAME.matcher(name).matches();
    }

    @Case
    void dropsAndCountsWhatAFullChannelCannotTake(LayerNodes nodes) throws InterruptedException {
        ChannelProbe probe = nodes.probe();
        nodes.send(probe, "one", "two", "three");
        List<Event> waiting = probe.arrived(Case.FEW);

        assertCompletesOrReportsFull(nodes, probe);
        nodes.expectCount(1, "full", LayerStats::full, nodes.receiver());
        probe.channel().take(waiting.get(0));
        nodes.send(probe, "five");

        probe.channel().take(waiting.get(1));
        probe.channel().take(waiting.get(2));
        probe.expect("five");
        nodes.expectNothing(probe);
    }

    // A sender on another node need not know that the channel is full.
    private static void assertCompletesOrReportsFull(LayerNodes nodes, ChannelProbe probe) {
        try {
            nodes.send(probe, "four");
        } catch (AssertionError failure) {
            if (!(failure.getCause() instanceof ChannelFullException full)) {
                throw failure;
            }
            assertEquals(probe.name(), full.channel(), "the channel of the ChannelFullException");
            assertEquals(Case.FEW, full.capacity(), "the capacity of the ChannelFullException");
        }
    }

    @Case
    void oneFullChannelDoesNotAffectAnother(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe full = nodes.probe(room);
        ChannelProbe free = nodes.probe(room);
        nodes.send(full, "one", "two", "three");
        List<Event> waiting = full.arrived(Case.FEW);

        nodes.send(free, "direct");
        nodes.groupSend(room, "to all");

        free.expect("direct", "to all");
        nodes.expectCount(1, "full", LayerStats::full, nodes.receiver());
        waiting.forEach(event -> assertTrue(full.channel().take(event), () -> event + " is dropped"));
        nodes.expectNothing(full);
    }

    @Case
    void aTypeHasNoMeaningForTheLayer(LayerNodes nodes) throws InterruptedException {
        ChannelProbe probe = nodes.probe();

        for (String type : List.of("close", "dispatch", "scope", "websocket.disconnect")) {
            Event event = Event.of(type, 4001);
            nodes.done(nodes.sender().send(probe.name(), event));

            assertEquals(event, probe.next(), "the event that arrived");
        }
        nodes.expectNothing(probe);
    }

    @Case
    void carriesAMebibyte(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room);
        // Two bytes are the quotes.
        String large = "\u00e9".repeat(MEBIBYTE / 2 - 1);

        // One after the other: both together may be more bytes than a channel holds.
        nodes.groupSend(room, large);
        assertLarge(large, probe.next());
        nodes.send(probe, large);
        assertLarge(large, probe.next());
    }

    private static void assertLarge(String expected, Event event) {
        assertEquals(MEBIBYTE, event.size(), "the bytes of the payload");
        assertTrue(expected.equals(event.payload(String.class)), "the payload has changed");
    }

    @Case
    void failsTheStageOfAnEventThatIsTooLarge(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room);
        Event large = Event.of(LayerNodes.TYPE, "x".repeat(nodes.sender().maxEvent() - 1));

        EventTooLargeException failure =
                nodes.failure(EventTooLargeException.class, nodes.sender().groupSend(room, large));
        nodes.failure(EventTooLargeException.class, nodes.sender().send(probe.name(), large));

        assertEquals(nodes.sender().maxEvent() + 1, failure.size(), "the size in the EventTooLargeException");
        assertEquals(nodes.sender().maxEvent(), failure.max(), "the bound in the EventTooLargeException");
        nodes.expectNothing(probe);
    }

    @Case
    void carriesTheBytesOfAPayloadUnchanged(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room);

        for (String json : List.of(UNUSUAL_JSON, "{}", "null", "[ 1,2 ]", "\"\\u0000\"", " 0.10 ")) {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            nodes.done(nodes.sender().send(probe.name(), Event.ofJson(LayerNodes.TYPE, bytes)));
            nodes.done(nodes.sender().groupSend(room, Event.ofJson(LayerNodes.TYPE, bytes)));

            assertArrayEquals(bytes, probe.next().jsonBytes(), () -> "payload of an event for a channel: " + json);
            assertArrayEquals(bytes, probe.next().jsonBytes(), () -> "payload of an event for a group: " + json);
        }
    }

    @Case
    void failsTheStageWhenThePayloadCannotBeWritten(LayerNodes nodes) throws InterruptedException {
        String room = nodes.group("room");
        ChannelProbe probe = nodes.probe(room);

        nodes.failure(UnencodablePayloadException.class, nodes.sender().groupSend(room, LayerNodes.TYPE, new Object()));
        nodes.failure(
                UnencodablePayloadException.class, nodes.sender().send(probe.name(), LayerNodes.TYPE, new Object()));
        nodes.expectNothing(probe);
    }

    @Case
    void rejectsInvalidChannelNames(LayerNodes nodes) {
        for (String name : List.of("", "a!b!c", "a b", "!a", "r\u00e4ume", "a\n", "x".repeat(100))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> nodes.sender().send(name, Event.of(LayerNodes.TYPE)),
                    () -> "send to the channel '" + name + "'");
        }
    }
}
