package org.pekkochannels.websocket.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pekkochannels.websocket.ClientFrames;

/** Seeded random input: nothing is thrown, nothing is unbounded, and the pieces do not matter. */
class FrameParserFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final int MAX_BYTES = 200;

    private final Random random = new Random(6455);

    @Test
    void findsTheSameInAnyPiecesOfAnyBytes() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] noise = new byte[random.nextInt(64)];
            random.nextBytes(noise);
            compare(noise);
        }
    }

    @Test
    void findsTheSameInAnyPiecesOfDamagedFrames() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] frames = frames();
            for (int damage = random.nextInt(3); damage > 0; damage--) {
                frames[random.nextInt(frames.length)] = (byte) random.nextInt(256);
            }
            compare(frames);
        }
    }

    private void compare(byte[] input) {
        List<String> whole = found(input, input.length);
        List<String> pieces = found(input, 1 + random.nextInt(20));

        assertThat(pieces).isEqualTo(whole);
        assertThat(whole).allMatch(finding -> finding.length() <= MAX_BYTES + "message ".length());
        assertThat(whole.stream().filter(FrameParserFuzzTest::isLast).count()).isLessThanOrEqualTo(1);
    }

    private List<String> found(byte[] input, int largestPiece) {
        RecordedFindings findings = new RecordedFindings();
        FrameParser parser = new FrameParser(MAX_BYTES, 3, Compression.none(new Compressors()), findings);
        byte[] copy = input.clone();
        for (int at = 0; at < copy.length; ) {
            int count = Math.min(copy.length - at, 1 + random.nextInt(largestPiece));
            count = largestPiece == input.length ? copy.length : count;
            parser.parse(copy, at, count);
            at += count;
        }
        return findings.found();
    }

    private static boolean isLast(String finding) {
        return finding.startsWith("close") || finding.startsWith("violation");
    }

    private byte[] frames() {
        List<byte[]> frames = new ArrayList<>();
        for (int count = 1 + random.nextInt(5); count > 0; count--) {
            frames.add(ClientFrames.frame(random.nextInt(4) > 0, OPCODES[random.nextInt(OPCODES.length)], payload()));
        }
        return ClientFrames.join(frames.toArray(byte[][]::new));
    }

    private static final int[] OPCODES = {
        Opcode.TEXT, Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION, Opcode.CONTINUATION, Opcode.PING, Opcode.PONG, 8
    };

    private byte[] payload() {
        byte[] payload = new byte[random.nextInt(5) == 0 ? random.nextInt(2 * MAX_BYTES) : random.nextInt(20)];
        if (random.nextInt(4) == 0) {
            random.nextBytes(payload);
        }
        return payload;
    }
}
