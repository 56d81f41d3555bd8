package org.pekkochannels.websocket.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    /** The bytes at which the rules change, and one of each kind. */
    private static final int[] EDGES = {
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
        0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };

    private final CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer decoded = CharBuffer.allocate(64);

    private boolean isValid(byte[] bytes) {
        strict.reset();
        decoded.clear();
        return !strict.decode(ByteBuffer.wrap(bytes), decoded, true).isError();
    }

    private void compare(byte[] bytes) {
        boolean valid = isValid(bytes);

        if ((Utf8.decode(bytes, 0, bytes.length) != null) != valid || pieceByPiece(bytes) != valid) {
            throw new AssertionError("valid should be " + valid + ": " + ByteBuffer.wrap(bytes));
        }
    }

    private static boolean pieceByPiece(byte[] bytes) {
        Utf8 check = new Utf8();
        for (int i = 0; i < bytes.length; i++) {
            if (!check.append(bytes, i, 1)) {
                return false;
            }
        }
        return check.isComplete();
    }

    @Test
    void agreesWithTheStrictDecoderAtEveryEdge() {
        for (int a : EDGES) {
            compare(new byte[] {(byte) a});
            for (int b : EDGES) {
                compare(new byte[] {(byte) a, (byte) b});
                for (int c : EDGES) {
                    compare(new byte[] {(byte) a, (byte) b, (byte) c});
                    for (int d : EDGES) {
                        compare(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
                    }
                }
            }
        }
    }

    @Test
    void agreesWithTheStrictDecoderOnRandomBytes() {
        Random random = new Random(3629);
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = new byte[random.nextInt(20)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextBoolean() ? 'a' : EDGES[random.nextInt(EDGES.length)]);
            }
            compare(bytes);
        }
    }

    @Test
    void takesTheReplacementCharacterItself() {
        byte[] bytes = "a\uFFFDb".getBytes(StandardCharsets.UTF_8);

        assertThat(Utf8.decode(bytes, 0, bytes.length)).isEqualTo("a\uFFFDb");
    }
}
