package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire.SharedMessage;

/** Messages of which only the newest of each key is sent to a client that reads slowly. */
class LatestOutputTest {
    private static final String CHUNK = "x".repeat(40_000);

    /** The transport holds two chunks; all further output waits. */
    private static Conversation stalled(SlowReader policy) {
        Conversation conversation =
                Conversation.open(Conversation.settings(Conversation.TIMES, policy), Scope.of("/ws/"));
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK);
        conversation.transport.sent();
        return conversation;
    }

    private static void latest(Conversation conversation, String key, String text) {
        conversation.wire.sendLatest(key, SharedMessage.text(text));
        conversation.wire.endTurn(false);
    }

    private static List<String> drained(Conversation conversation) {
        conversation.transport.drain();
        return conversation.transport.sent().stream()
                .map(frame -> frame.replaceAll("x{9,}", ""))
                .toList();
    }

    @Test
    void takesThePlaceOfAMessageOfItsKeyThatWaits() {
        Conversation conversation = stalled(SlowReader.CLOSE);

        latest(conversation, "a", "a1");
        conversation.send("plain");
        latest(conversation, "b", "b1");
        latest(conversation, "a", "a2");
        latest(conversation, "b", "b2 longer");
        latest(conversation, "a", "a3");
        conversation.send("end");

        assertThat(drained(conversation)).containsExactly("text a3", "text plain", "text b2 longer", "text end");
        assertThat(conversation.stats().replaced()).isEqualTo(3);
        assertThat(conversation.stats().messagesOut()).isEqualTo(6);
        assertThat(conversation.stats().shed() + conversation.stats().dropped()).isZero();
    }

    @Test
    void isSentAtOnceToAClientThatReads() {
        Conversation conversation = Conversation.open();

        latest(conversation, "a", "a1");
        latest(conversation, "a", "a2");

        assertThat(conversation.transport.sent()).containsExactly("text a1", "text a2");
        assertThat(conversation.stats().replaced()).isZero();
    }

    @Test
    void startsAnewAfterItHasLeft() {
        Conversation conversation = stalled(SlowReader.CLOSE);
        latest(conversation, "a", "a1");
        assertThat(drained(conversation)).containsExactly("text a1");
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK);
        conversation.transport.sent();

        latest(conversation, "a", "a2");
        latest(conversation, "a", "a3");

        assertThat(drained(conversation)).containsExactly("text a3");
    }

    @Test
    void keepsItsPlaceWithinATurn() {
        Conversation conversation = Conversation.open();

        conversation.wire.send("one");
        conversation.wire.sendLatest("a", SharedMessage.text("two"));
        conversation.wire.send("three");
        conversation.wire.sendLatest("a", SharedMessage.binary(new byte[] {4}));
        conversation.wire.endTurn(false);

        assertThat(conversation.transport.sent()).hasSize(4).startsWith("text one", "text two", "text three");
    }

    @Test
    void isPassedToAConsumersConnectionOnAnotherThreadInOrder() {
        Conversation conversation = stalled(SlowReader.CLOSE);
        conversation.transport.moveConsumerElsewhere();

        latest(conversation, "a", "a1");
        conversation.send("plain");
        latest(conversation, "a", "a2");
        conversation.transport.runTasks();

        assertThat(drained(conversation)).containsExactly("text a2", "text plain");
    }

    @ParameterizedTest
    @EnumSource
    void staysWithinTheBoundHoweverMuchIsSent(SlowReader policy) {
        Conversation conversation = stalled(policy);

        for (int round = 0; round < 1000; round++) {
            latest(conversation, "a", round + CHUNK);
            latest(conversation, "b", round + CHUNK);
        }

        assertThat(drained(conversation)).containsExactly("text 999", "text 999");
        assertThat(conversation.stats().replaced()).isEqualTo(1998);
        assertThat(conversation.stats().crossed(Limit.MAX_OUTBOUND_BYTES)).isZero();
        assertThat(conversation.heard()).isEmpty();
    }

    @Test
    void closesWith1013WhenTheNewestOfAllKeysExceedTheBound() {
        Conversation conversation = stalled(SlowReader.CLOSE);

        IntStream.range(0, 5).forEach(key -> latest(conversation, "key" + key, CHUNK));

        assertThat(conversation.heard()).singleElement().asString().contains("1013");
        assertThat(conversation.stats().crossed(Limit.MAX_OUTBOUND_BYTES)).isEqualTo(1);
    }

    /** Each holds objects beside its bytes. */
    @Test
    void boundsTheNumberOfSmallOnes() {
        Conversation conversation = stalled(SlowReader.DROP_NEWEST);

        IntStream.range(0, 10_000).forEach(key -> latest(conversation, "key" + key, "x"));

        assertThat(drained(conversation)).hasSizeBetween(100, 1000);
    }

    @Test
    void dropsTheOldestOfOtherKeysFirst() {
        Conversation conversation = stalled(SlowReader.DROP_OLDEST);

        for (String key : List.of("a", "b", "c", "d", "c", "e")) {
            latest(conversation, key, key + CHUNK);
        }
        latest(conversation, "a", "a again");

        assertThat(drained(conversation)).containsExactly("text d", "text e", "text a again");
    }

    @Test
    void dropsWhatHasNoRoomButReplacesWhatWaits() {
        Conversation conversation = stalled(SlowReader.DROP_NEWEST);

        for (String key : List.of("a", "b", "c", "a", "b")) {
            latest(conversation, key, key + conversation.stats().replaced() + CHUNK);
        }

        assertThat(drained(conversation)).containsExactly("text a0", "text b1");
        assertThat(conversation.stats().shed()).isEqualTo(1);
    }

    @Test
    void isDroppedWithItsConnection() {
        Conversation conversation = stalled(SlowReader.CLOSE);
        latest(conversation, "a", "a1");
        latest(conversation, "a", "a2");

        conversation.session.lost(null);
        latest(conversation, "a", "a3");

        assertThat(conversation.stats().dropped()).isEqualTo(2);
    }

    @Test
    void isWrittenBeforeTheCloseFrame() {
        Conversation conversation = stalled(SlowReader.CLOSE);
        latest(conversation, "a", "a1");
        latest(conversation, "a", "a2");

        conversation.close(1000, "bye");

        assertThat(drained(conversation)).hasSize(2).startsWith("text a2");
    }

    /** Against a list that keeps the oldest's place for the newest of each key. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void behavesAsAListInAnyMixture(long seed) {
        Random random = new Random(seed);
        Conversation conversation = stalled(SlowReader.CLOSE);
        for (int round = 0; round < 50; round++) {
            Map<String, String> expected = new LinkedHashMap<>();
            for (int i = 0; i < 20; i++) {
                String text = round + "." + i;
                if (random.nextBoolean()) {
                    conversation.send(text);
                    expected.put("plain" + i, "text " + text);
                } else {
                    String key = "key" + random.nextInt(5);
                    latest(conversation, key, text);
                    expected.put(key, "text " + text);
                }
            }

            assertThat(drained(conversation)).isEqualTo(new ArrayList<>(expected.values()));
            conversation.transport.stall();
            conversation.send(CHUNK, CHUNK);
            conversation.transport.sent();
        }
    }
}
