package org.pekkochannels.websocket;

import static org.pekkochannels.websocket.ClientFrames.frame;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pekkochannels.websocket.codec.Opcode;

/** Sections 9 and 10: large messages in one frame, in fragments and in chops, round trips. */
final class LimitCases {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final int[] SIZES = {64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB};
    private static final int[] FRAGMENTS = {64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB};
    private static final int[] CHOPS = {64, 128, 256, 512, KIB, 2 * KIB};
    private static final int[] ROUND_TRIPS = {0, 16, 64, 256, KIB, 4 * KIB};
    private static final int ROUNDS = 1000;

    private LimitCases() {}

    static Stream<WireCase> all() {
        return Stream.concat(
                Stream.of(Opcode.TEXT, Opcode.BINARY)
                        .flatMap(opcode -> Stream.of(sizes(opcode), fragments(opcode), chops(opcode), trips(opcode)))
                        .flatMap(cases -> cases),
                Stream.of(autoFragmented()));
    }

    private static Stream<WireCase> sizes(int opcode) {
        return numbered(
                SIZES,
                (i, size) -> WireCase.of(name(opcode, 1, i, size + " bytes"), client -> {
                    byte[] payload = payload(opcode, size);
                    client.send(frame(true, opcode, payload));
                    client.expect(opcode, payload);
                    client.close1000();
                }));
    }

    private static Stream<WireCase> fragments(int opcode) {
        return numbered(
                FRAGMENTS,
                (i, size) -> WireCase.of(name(opcode, 3, i, "fragments of " + size), client -> {
                    byte[] payload = payload(opcode, 4 * MIB);
                    client.send(fragmented(opcode, payload, size));
                    client.expect(opcode, payload);
                    client.close1000();
                }));
    }

    private static Stream<WireCase> chops(int opcode) {
        return numbered(
                CHOPS,
                (i, size) -> WireCase.of(name(opcode, 5, i, "chops of " + size), client -> {
                    byte[] payload = payload(opcode, MIB);
                    client.chop(size, frame(true, opcode, payload));
                    client.expect(opcode, payload);
                    client.close1000();
                }));
    }

    private static Stream<WireCase> trips(int opcode) {
        return numbered(
                ROUND_TRIPS,
                (i, size) -> WireCase.of(name(opcode, 7, i, "round trips of " + size), client -> {
                    byte[] payload = payload(opcode, size);
                    for (int round = 0; round < ROUNDS; round++) {
                        client.send(frame(true, opcode, payload));
                        client.expect(opcode, payload);
                    }
                    client.close1000();
                }));
    }

    private static WireCase autoFragmented() {
        byte[] payload = new byte[65_536];
        Arrays.fill(payload, (byte) '*');
        return WireCase.echo(
                "10.1.1 text of 65536 bytes in fragments of 1300",
                Opcode.TEXT,
                payload,
                fragmented(Opcode.TEXT, payload, 1300));
    }

    /** Text has the uneven sections, binary the even ones. */
    private static String name(int opcode, int section, int number, String words) {
        return "9.%d.%d %s, %s"
                .formatted(section + opcode - 1, number, opcode == Opcode.TEXT ? "text" : "binary", words);
    }

    private static byte[] payload(int opcode, int size) {
        byte[] pattern = opcode == Opcode.TEXT
                ? "BAsd7&jh23".getBytes(java.nio.charset.StandardCharsets.US_ASCII)
                : new byte[] {0, -2, 0x23, -6, -16};
        byte[] payload = new byte[size];
        for (int i = 0; i < size; i++) {
            payload[i] = pattern[i % pattern.length];
        }
        return payload;
    }

    private static byte[] fragmented(int opcode, byte[] payload, int size) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int at = 0; at < payload.length; at += size) {
            int end = Math.min(payload.length, at + size);
            frames.writeBytes(frame(
                    end == payload.length,
                    at == 0 ? opcode : Opcode.CONTINUATION,
                    Arrays.copyOfRange(payload, at, end)));
        }
        return frames.toByteArray();
    }

    private static Stream<WireCase> numbered(int[] values, Numbered made) {
        return IntStream.range(0, values.length).mapToObj(i -> made.make(i + 1, values[i]));
    }

    /** Makes the case of a number, counted from 1. */
    private interface Numbered {
        WireCase make(int number, int value);
    }
}
