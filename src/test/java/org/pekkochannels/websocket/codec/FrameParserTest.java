package org.pekkochannels.websocket.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.websocket.ClientFrames;

class FrameParserTest {
    private static final int MAX_BYTES = 100_000;
    private static final int MAX_FRAMES = 4;

    /** Everything that a client may send. */
    private static final byte[] TRANSCRIPT = ClientFrames.join(
            ClientFrames.text("hello"),
            ClientFrames.text(""),
            ClientFrames.ping(""),
            ClientFrames.fragment(false, Opcode.TEXT, "κόσμ"),
            ClientFrames.ping("between"),
            ClientFrames.fragment(false, Opcode.CONTINUATION, ""),
            ClientFrames.fragment(true, Opcode.CONTINUATION, "ε \uD83D\uDE00"),
            ClientFrames.fragment(true, Opcode.PONG, "unasked"),
            ClientFrames.binary(new byte[126]),
            ClientFrames.text("\uFFFD is a character too"),
            ClientFrames.binary(new byte[300]),
            ClientFrames.close(4001, "bye é"));

    private static final List<String> FOUND = List.of(
            "text hello",
            "text ",
            "ping ",
            "ping between",
            "text κόσμε \uD83D\uDE00",
            "pong unasked",
            "binary 126",
            "text \uFFFD is a character too",
            "binary 300",
            "close 4001 bye é");

    private static FrameParser parser(FrameParser.Findings findings) {
        return new FrameParser(MAX_BYTES, MAX_FRAMES, Compression.none(new Compressors()), findings);
    }

    private static List<String> found(byte[]... windows) {
        RecordedFindings findings = new RecordedFindings();
        FrameParser parser = parser(findings);
        for (byte[] window : windows) {
            parser.parse(window.clone(), 0, window.length);
        }
        return findings.found();
    }

    private static byte[] from(byte[] bytes, int start) {
        return ByteBuffer.allocate(bytes.length - start)
                .put(bytes, start, bytes.length - start)
                .array();
    }

    private static byte[] until(byte[] bytes, int end) {
        return ByteBuffer.allocate(end).put(bytes, 0, end).array();
    }

    @Test
    void findsEverythingInOneWindow() {
        assertThat(found(TRANSCRIPT)).isEqualTo(FOUND);
    }

    @Test
    void findsTheSameWhereverTheBytesAreSplit() {
        for (int split = 0; split <= TRANSCRIPT.length; split++) {
            assertThat(found(until(TRANSCRIPT, split), from(TRANSCRIPT, split)))
                    .as("split at %s", split)
                    .isEqualTo(FOUND);
        }
    }

    @Test
    void findsTheSameInSingleBytes() {
        byte[][] bytes = new byte[TRANSCRIPT.length][];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = new byte[] {TRANSCRIPT[i]};
        }

        assertThat(found(bytes)).isEqualTo(FOUND);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 125, 126, 127, 65_535, 65_536, MAX_BYTES})
    void findsMessagesOfAnyLength(int length) {
        String text = "x".repeat(length);

        assertThat(found(ClientFrames.text(text))).containsExactly("text " + text);
        assertThat(found(ClientFrames.binary(new byte[length]))).containsExactly("binary " + length);
    }

    @Test
    void leavesTheBytesAroundItsWindowAlone() {
        byte[] frame = ClientFrames.text("hello");
        byte[] array = ClientFrames.join(new byte[] {1, 2}, frame, new byte[] {3, 4});

        RecordedFindings findings = new RecordedFindings();
        parser(findings).parse(array, 2, frame.length);

        assertThat(findings.found()).containsExactly("text hello");
        assertThat(array).startsWith(1, 2).endsWith(3, 4);
    }

    @Test
    void leavesTheFramesForWhichThereIsNoRoom() {
        byte[] first = ClientFrames.text("a");
        byte[] array = ClientFrames.join(new byte[] {1, 2}, first, ClientFrames.text("b"));
        RecordedFindings findings = new RecordedFindings(1);

        assertThat(parser(findings).parse(array, 2, array.length - 2)).isEqualTo(first.length);
        assertThat(findings.found()).containsExactly("text a");
    }

    @Test
    void isUnfinishedFromTheFirstByteOfAMessageToTheLastButOne() {
        byte[] message = ClientFrames.join(
                ClientFrames.fragment(false, Opcode.TEXT, "a"), ClientFrames.fragment(true, Opcode.CONTINUATION, "bc"));
        FrameParser parser = parser(new RecordedFindings());
        assertThat(parser.isUnfinished()).isFalse();

        for (int at = 0; at < message.length; at++) {
            parser.parse(message, at, 1);
            boolean complete = at == message.length - 1;
            assertThat(parser.isUnfinished()).as("after byte %s", at).isNotEqualTo(complete);
            assertThat(parser.takeFinished()).as("after byte %s", at).isEqualTo(complete);
        }
        assertThat(parser.takeFinished()).as("once").isFalse();
    }

    @Test
    void aControlFrameWithinAMessageFinishesNothing() {
        FrameParser parser = parser(new RecordedFindings());

        assertThat(finishes(parser, ClientFrames.ping("alone"))).isTrue();
        assertThat(finishes(parser, ClientFrames.fragment(false, Opcode.TEXT, "a")))
                .isFalse();
        assertThat(finishes(parser, ClientFrames.ping("within"))).isFalse();
        assertThat(finishes(parser, ClientFrames.fragment(true, Opcode.CONTINUATION, "b")))
                .isTrue();
        assertThat(finishes(
                        parser,
                        ClientFrames.join(
                                ClientFrames.text("whole"),
                                ClientFrames.fragment(false, Opcode.TEXT, "a"),
                                ClientFrames.ping("within"))))
                .isTrue();
    }

    private static boolean finishes(FrameParser parser, byte[] bytes) {
        parser.parse(bytes, 0, bytes.length);
        return parser.takeFinished();
    }

    @Test
    void refusesAnUnmaskedFrame() {
        assertThat(found(ClientFrames.unmasked(0x81, new byte[3]))).containsExactly("violation 1002 frame not masked");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x10, 0x20, 0x40, 0x70})
    void refusesReservedBits(int bits) {
        assertThat(found(ClientFrames.raw(0x81 | bits, ClientFrames.length(0), new byte[0])))
                .containsExactly("violation 1002 reserved bits set");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    void refusesReservedOpcodes(int opcode) {
        assertThat(found(ClientFrames.frame(true, opcode, new byte[0])))
                .containsExactly("violation 1002 reserved opcode");
    }

    @ParameterizedTest
    @ValueSource(ints = {Opcode.CLOSE, Opcode.PING, Opcode.PONG})
    void refusesControlFramesThatAreFragmentedOrLong(int opcode) {
        assertThat(found(ClientFrames.frame(false, opcode, new byte[0])))
                .containsExactly("violation 1002 fragmented control frame");
        assertThat(found(ClientFrames.frame(true, opcode, new byte[126])))
                .containsExactly("violation 1002 control frame over 125 bytes");
    }

    @Test
    void takesControlFramesOf125Bytes() {
        String payload = "p".repeat(125);

        assertThat(found(ClientFrames.ping(payload))).containsExactly("ping " + payload);
        assertThat(found(ClientFrames.close(1000, payload.substring(2))))
                .containsExactly("close 1000 " + payload.substring(2));
    }

    @Test
    void refusesAContinuationOfNothing() {
        assertThat(found(ClientFrames.text("whole"), ClientFrames.fragment(true, Opcode.CONTINUATION, "more")))
                .containsExactly("text whole", "violation 1002 nothing to continue");
    }

    @Test
    void refusesAMessageWithinAMessage() {
        assertThat(found(ClientFrames.fragment(false, Opcode.TEXT, "half"), ClientFrames.text("whole")))
                .containsExactly("violation 1002 message within a message");
    }

    @Test
    void refusesLengthsThatAreNegativeOrWrittenTooLong() {
        byte[] longer16 =
                ByteBuffer.allocate(3).put((byte) 126).putShort((short) 125).array();
        byte[] longer64 = ByteBuffer.allocate(9).put((byte) 127).putLong(65_535).array();
        byte[] negative = ByteBuffer.allocate(9)
                .put((byte) 127)
                .putLong(Long.MIN_VALUE + 1)
                .array();

        for (byte[] length : List.of(longer16, longer64, negative)) {
            assertThat(found(ClientFrames.raw(0x82, length, new byte[0])))
                    .containsExactly("violation 1002 invalid payload length");
        }
    }

    @Test
    void refusesALargeMessageOnItsHeader() {
        byte[] huge =
                ByteBuffer.allocate(9).put((byte) 127).putLong(Long.MAX_VALUE).array();

        assertThat(found(ClientFrames.raw(0x82, ClientFrames.length(MAX_BYTES + 1), new byte[0])))
                .containsExactly("too large");
        assertThat(found(ClientFrames.raw(0x82, huge, new byte[0]))).containsExactly("too large");
    }

    @Test
    void countsFragmentsTowardsTheSizeOfTheMessage() {
        byte[] first = ClientFrames.frame(false, Opcode.BINARY, new byte[MAX_BYTES - 10]);

        assertThat(found(first, ClientFrames.frame(true, Opcode.CONTINUATION, new byte[10])))
                .containsExactly("binary " + MAX_BYTES);
        assertThat(found(first, ClientFrames.raw(0, ClientFrames.length(11), new byte[0])))
                .containsExactly("too large");
    }

    @Test
    void refusesAMessageOfTooManyFrames() {
        byte[] first = ClientFrames.fragment(false, Opcode.TEXT, "a");
        byte[] more = ClientFrames.fragment(false, Opcode.CONTINUATION, "b");
        byte[] last = ClientFrames.fragment(true, Opcode.CONTINUATION, "c");

        assertThat(found(first, more, more, last, first, more, more, last)).containsExactly("text abbc", "text abbc");
        assertThat(found(first, more, more, more, last)).containsExactly("too many frames");
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        byte[] overlong = {'a', (byte) 0xC0, (byte) 0xAF};
        byte[] surrogate = {(byte) 0xED, (byte) 0xA0, (byte) 0x80};
        byte[] unfinished = {'a', (byte) 0xCE};

        for (byte[] payload : List.of(overlong, surrogate, unfinished)) {
            assertThat(found(ClientFrames.frame(true, Opcode.TEXT, payload)))
                    .containsExactly("violation 1007 not UTF-8");
        }
    }

    @Test
    void takesACharacterThatIsSplitBetweenFragments() {
        byte[] first = ClientFrames.frame(false, Opcode.TEXT, new byte[] {(byte) 0xE2, (byte) 0x82});
        byte[] last = ClientFrames.frame(true, Opcode.CONTINUATION, new byte[] {(byte) 0xAC});

        assertThat(found(first, last)).containsExactly("text €");
    }

    @Test
    void refusesAFragmentAsSoonAsItCannotBecomeUtf8() {
        byte[] invalid = ClientFrames.frame(false, Opcode.TEXT, new byte[] {(byte) 0xF4, (byte) 0x90});

        assertThat(found(invalid)).containsExactly("violation 1007 not UTF-8");
    }

    @Test
    void refusesFragmentsThatEndWithinACharacter() {
        byte[] first = ClientFrames.frame(false, Opcode.TEXT, new byte[] {(byte) 0xE2, (byte) 0x82});
        byte[] last = ClientFrames.frame(true, Opcode.CONTINUATION, new byte[0]);

        assertThat(found(first, last)).containsExactly("violation 1007 not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
    void takesCloseCodesThatMayBeSent(int code) {
        assertThat(found(ClientFrames.close(code, ""))).containsExactly("close " + code);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535})
    void refusesCloseCodesThatMayNotBeSent(int code) {
        assertThat(found(ClientFrames.close(code, ""))).containsExactly("violation 1002 invalid close code");
    }

    @Test
    void refusesHalfACloseCodeAndAReasonThatIsNotUtf8() {
        assertThat(found(ClientFrames.frame(true, Opcode.CLOSE, new byte[1])))
                .containsExactly("violation 1002 invalid close code");
        assertThat(found(ClientFrames.frame(true, Opcode.CLOSE, new byte[] {0x03, (byte) 0xE8, (byte) 0xFF})))
                .containsExactly("violation 1007 not UTF-8");
    }

    @Test
    void takesACloseFrameWithoutCodeFor1005() {
        assertThat(found(ClientFrames.close())).containsExactly("close 1005");
    }

    @Test
    void findsNothingAfterACloseFrameOrAViolation() {
        assertThat(found(ClientFrames.close(1000, ""), ClientFrames.text("late")))
                .containsExactly("close 1000");
        assertThat(found(ClientFrames.unmasked(0x81, new byte[0]), ClientFrames.text("late")))
                .containsExactly("violation 1002 frame not masked");
    }
}
