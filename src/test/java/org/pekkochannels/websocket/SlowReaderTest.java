package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.Scope;

/** Over a bound of 200000 bytes, of which the transport holds the first two chunks, partly written already. */
class SlowReaderTest {
    private static final String CHUNK = "x".repeat(40_000);

    private static Conversation stalled(SlowReader policy) {
        Conversation conversation =
                Conversation.open(Conversation.settings(Conversation.TIMES, policy), Scope.of("/ws/"));
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK);
        return conversation;
    }

    private static String[] numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> i + CHUNK).toArray(String[]::new);
    }

    private static Object read(Conversation conversation) {
        conversation.transport.drain();
        return conversation.transport.sent().stream()
                .map(frame -> frame.replaceAll("x{9,}", ""))
                .toList();
    }

    @Test
    void dropsTheOldestThatWait() {
        Conversation conversation = stalled(SlowReader.DROP_OLDEST);

        conversation.send(numbered(5));

        assertThat(read(conversation)).hasToString("[text , text , text 3, text 4]");
        assertThat(conversation.heard()).isEmpty();
        assertThat(conversation.stats().shed()).isEqualTo(3);
        assertThat(conversation.stats().crossed(Limit.MAX_OUTBOUND_BYTES)).isEqualTo(3);
    }

    @Test
    void dropsTheNewest() {
        Conversation conversation = stalled(SlowReader.DROP_NEWEST);

        conversation.send(numbered(5));

        assertThat(read(conversation)).hasToString("[text , text , text 0, text 1]");
        assertThat(conversation.heard()).isEmpty();
        assertThat(conversation.stats().shed()).isEqualTo(3);
    }

    @Test
    void dropsSingleMessagesOfATurn() {
        Conversation oldest = stalled(SlowReader.DROP_OLDEST);
        Conversation newest = stalled(SlowReader.DROP_NEWEST);

        for (String text : numbered(4)) {
            oldest.wire.send(text);
            newest.wire.send(text);
        }
        oldest.wire.endTurn(false);
        newest.wire.endTurn(false);
        oldest.send("small");

        assertThat(read(oldest)).hasToString("[text , text , text 2, text 3, text small]");
        assertThat(read(newest)).hasToString("[text , text , text 0, text 1]");
    }

    @ParameterizedTest
    @EnumSource
    void warnsOnceForAConnectionOfTurnsThatHaveRoomWithNoClient(SlowReader policy) {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.websocket")) {
            Conversation conversation =
                    Conversation.open(Conversation.settings(Conversation.TIMES, policy), Scope.of("/ws/"));

            for (int turn = 0; turn < 3; turn++) {
                for (String text : numbered(6)) {
                    conversation.wire.send(text);
                }
                conversation.wire.endTurn(false);
                conversation.send("small");
                conversation.transport.drain();
            }

            assertThat(log.soFar(""))
                    .singleElement()
                    .asString()
                    .contains("/ws/: 6 messages of 240030 bytes")
                    .contains("max-outbound-bytes lets 200000 wait")
                    .contains("drained()");
        }
    }

    @ParameterizedTest
    @EnumSource
    void warnsOfASingleMessageThatHasRoomWithNoClient(SlowReader policy) {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.websocket")) {
            Conversation conversation =
                    Conversation.open(Conversation.settings(Conversation.TIMES, policy), Scope.of("/ws/"));

            conversation.send("x".repeat(200_001));

            assertThat(log.soFar(""))
                    .singleElement()
                    .asString()
                    .contains("/ws/: a message of 200011 bytes")
                    .contains("max-outbound-bytes lets 200000 wait")
                    .contains("send it in parts");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsAtMostTwiceTheBoundOfATurnThatGoesOn(SlowReader policy) {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.websocket")) {
            Conversation conversation =
                    Conversation.open(Conversation.settings(Conversation.TIMES, policy), Scope.of("/ws/"));

            // 400 MB.
            for (int i = 0; i < 10_000; i++) {
                conversation.wire.send(CHUNK);
            }
            conversation.wire.send("last");
            conversation.wire.endTurn(false);
            conversation.transport.drain();

            List<String> sent = conversation.transport.sent();
            long texts = sent.stream().filter(frame -> frame.startsWith("text")).count();
            WebSocketStats stats = conversation.stats();
            assertThat(stats.shed() + stats.dropped() + texts).isEqualTo(10_001);
            assertThat(stats.crossed(Limit.MAX_OUTBOUND_BYTES)).isPositive();
            assertThat(sent.contains("text last")).isEqualTo(policy == SlowReader.DROP_OLDEST);
            assertThat(sent.contains("close 1013 too much sent at once")).isEqualTo(policy == SlowReader.CLOSE);
            assertThat(log.soFar("")).singleElement().asString().contains("max-outbound-bytes lets 200000 wait");
        }
    }

    @Test
    void tellsAClientThatReadsThatTooMuchWasSentAtOnce() {
        Conversation conversation = Conversation.open();

        conversation.send("x".repeat(200_001));

        assertThat(conversation.transport.sent()).containsExactly("close 1013 too much sent at once");
        assertThat(conversation.heard()).containsExactly("closed 1013 too much sent at once");
        assertThat(conversation.stats().crossed(Limit.MAX_OUTBOUND_BYTES)).isEqualTo(1);
    }

    @Test
    void countsAsSentWhatWasWrittenAndNotWhatWaits() {
        Conversation conversation = stalled(SlowReader.DROP_OLDEST);
        conversation.send("waits");
        assertThat(conversation.stats().messagesOut()).isEqualTo(2);

        conversation.transport.drain();
        assertThat(conversation.stats().messagesOut()).isEqualTo(3);
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK);
        conversation.send(numbered(5));
        conversation.session.lost(null);

        WebSocketStats stats = conversation.stats();
        assertThat(stats.messagesOut()).isEqualTo(5);
        assertThat(stats.shed()).isEqualTo(3);
        assertThat(stats.dropped()).isEqualTo(2);
        assertThat(stats.bytesOut()).isEqualTo(4 * 40_004 + 7);
    }

    @Test
    void keepsSmallMessagesOfABurst() {
        Conversation conversation = stalled(SlowReader.DROP_OLDEST);

        for (int i = 0; i < 100_000; i++) {
            conversation.send("%06d".formatted(i));
        }

        conversation.transport.drain();
        List<String> sent = conversation.transport.sent();
        assertThat(sent.subList(2, sent.size()))
                .hasSizeGreaterThan(14_000)
                .hasSize((int) (100_000 - conversation.stats().shed()))
                .endsWith("text 099998", "text 099999");
    }

    @Test
    void dropsNoControlFrame() {
        Conversation conversation = stalled(SlowReader.DROP_OLDEST);
        conversation.send(numbered(2));
        conversation.receive(ClientFrames.ping("still there"));
        conversation.send("last" + CHUNK);
        conversation.close(4001, "bye");

        assertThat(read(conversation))
                .hasToString("[text , text , pong still there, text 1, text last, close 4001 bye]");
    }

    @Test
    void countsAMessageOnce() {
        Conversation conversation = stalled(SlowReader.DROP_NEWEST);
        conversation.send(numbered(5));
        conversation.receive(ClientFrames.text("in"), ClientFrames.binary());
        conversation.session.lost(null);
        conversation.send("in vain");

        WebSocketStats stats = conversation.stats();
        assertThat(stats.opened()).isEqualTo(1);
        assertThat(stats.closed(1006)).isEqualTo(1);
        assertThat(stats.messagesOut()).isEqualTo(2);
        assertThat(stats.shed()).isEqualTo(3);
        assertThat(stats.messagesIn()).isEqualTo(2);
        assertThat(stats.bytesIn()).isEqualTo(8 + 6);
        assertThat(stats.bytesOut()).isEqualTo(2 * 40_004);
        assertThat(stats.dropped()).isEqualTo(3);
    }
}
