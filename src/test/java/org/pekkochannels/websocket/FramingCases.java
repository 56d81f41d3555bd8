package org.pekkochannels.websocket;

import static org.pekkochannels.websocket.ClientFrames.frame;
import static org.pekkochannels.websocket.ClientFrames.join;
import static org.pekkochannels.websocket.ClientFrames.length;
import static org.pekkochannels.websocket.ClientFrames.ping;
import static org.pekkochannels.websocket.ClientFrames.raw;
import static org.pekkochannels.websocket.ClientFrames.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pekkochannels.websocket.codec.Opcode;

/** Sections 1 to 4: framing, pings and pongs, reserved bits, opcodes. */
final class FramingCases {
    private static final int[] LENGTHS = {0, 125, 126, 127, 128, 65_535, 65_536};
    private static final byte[] HELLO = text("Hello, world!");
    private static final byte[] PING = ping("");
    private static final byte[] MIXED = {0, -1, -2, -3, -4, -5, 0, -1};

    private FramingCases() {}

    static Stream<WireCase> all() {
        return Stream.of(lengths(1, Opcode.TEXT, '*'), lengths(2, Opcode.BINARY, 0xfe), pings(), reserved(), opcodes())
                .flatMap(cases -> cases);
    }

    private static Stream<WireCase> lengths(int section, int opcode, int octet) {
        String kind = opcode == Opcode.TEXT ? "text" : "binary";
        Stream<WireCase> whole = IntStream.range(0, LENGTHS.length).mapToObj(i -> {
            byte[] payload = filled(LENGTHS[i], octet);
            String name = "1.%d.%d %s of %d bytes".formatted(section, i + 1, kind, payload.length);
            return WireCase.echo(name, opcode, payload, frame(true, opcode, payload));
        });
        byte[] large = filled(65_536, octet);
        String name = "1.%d.8 %s of 65536 bytes in chops of 997".formatted(section, kind);
        return Stream.concat(whole, Stream.of(WireCase.of(name, client -> {
            client.chop(997, frame(true, opcode, large));
            client.expect(opcode, large);
            client.close1000();
        })));
    }

    private static Stream<WireCase> pings() {
        byte[] long125 = filled(125, 0xfe);
        byte[][] ten =
                IntStream.range(0, 10).mapToObj(i -> ping("payload-" + i)).toArray(byte[][]::new);
        byte[] unasked = ClientFrames.fragment(true, Opcode.PONG, "unsolicited pong payload");
        return Stream.of(
                pong("2.1 ping without payload", new byte[0]),
                pong("2.2 ping with text", "Hello, world!".getBytes(StandardCharsets.UTF_8)),
                pong("2.3 ping with binary payload", MIXED),
                pong("2.4 ping of 125 bytes", long125),
                WireCase.fails("2.5 ping of 126 bytes", 1002, frame(true, Opcode.PING, filled(126, 0xfe))),
                WireCase.of("2.6 ping of 125 bytes in chops of 1", client -> {
                    client.chop(1, frame(true, Opcode.PING, long125));
                    client.expect(Opcode.PONG, long125);
                    client.close1000();
                }),
                WireCase.of("2.7 unsolicited pong without payload", client -> {
                    client.send(frame(true, Opcode.PONG, new byte[0]));
                    client.close1000();
                }),
                WireCase.of("2.8 unsolicited pong with payload", client -> {
                    client.send(unasked);
                    client.close1000();
                }),
                WireCase.of("2.9 unsolicited pong, then a ping", client -> {
                    client.send(unasked, ping("ping payload"));
                    client.expectPong("ping payload");
                    client.close1000();
                }),
                WireCase.of("2.10 ten pings", client -> {
                    client.send(ten);
                    expectTenPongs(client);
                }),
                WireCase.of("2.11 ten pings in chops of 1", client -> {
                    client.chop(1, ten);
                    expectTenPongs(client);
                }));
    }

    private static WireCase pong(String name, byte[] payload) {
        return WireCase.echo(name, Opcode.PONG, payload, frame(true, Opcode.PING, payload));
    }

    private static void expectTenPongs(WireClient client) throws IOException {
        for (int i = 0; i < 10; i++) {
            client.expectPong("payload-" + i);
        }
        client.close1000();
    }

    private static Stream<WireCase> reserved() {
        return Stream.of(
                WireCase.fails("3.1 text with RSV 1", 1002, reserved(1, Opcode.TEXT)),
                WireCase.fails("3.2 text, text with RSV 2, ping", 1002, HELLO, reserved(2, Opcode.TEXT), PING),
                WireCase.failsEach("3.3 text, text with RSV 3, ping", 1002, HELLO, reserved(3, Opcode.TEXT), PING),
                WireCase.failsChopped("3.4 text, text with RSV 4, ping", 1002, HELLO, reserved(4, Opcode.TEXT), PING),
                WireCase.fails("3.5 binary with RSV 5", 1002, reserved(5, Opcode.BINARY)),
                WireCase.fails("3.6 binary with RSV 6", 1002, reserved(6, Opcode.BINARY)),
                WireCase.fails("3.7 close with RSV 7", 1002, reserved(7, Opcode.CLOSE)));
    }

    private static byte[] reserved(int bits, int opcode) {
        byte[] payload = opcode == Opcode.CLOSE ? new byte[0] : MIXED;
        return raw(0x80 | (bits << 4) | opcode, length(payload.length), payload);
    }

    private static Stream<WireCase> opcodes() {
        return Stream.concat(opcodes(1, 3), opcodes(2, 11));
    }

    private static Stream<WireCase> opcodes(int section, int first) {
        byte[] empty = new byte[0];
        byte[] words = "reserved opcode payload".getBytes(StandardCharsets.UTF_8);
        String name = "4." + section + ".%d opcode %d";
        return Stream.of(
                WireCase.fails(name.formatted(1, first), 1002, frame(true, first, empty)),
                WireCase.fails(name.formatted(2, first + 1), 1002, frame(true, first + 1, words)),
                WireCase.fails(name.formatted(3, first + 2), 1002, HELLO, frame(true, first + 2, empty), PING),
                WireCase.fails(name.formatted(4, first + 3), 1002, HELLO, frame(true, first + 3, words), PING),
                WireCase.failsChopped(
                        name.formatted(5, first + 4), 1002, join(HELLO, frame(true, first + 4, words), PING)));
    }

    private static byte[] filled(int length, int octet) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) octet);
        return bytes;
    }
}
