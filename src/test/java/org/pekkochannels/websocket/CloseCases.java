package org.pekkochannels.websocket;

import static org.pekkochannels.websocket.ClientFrames.close;
import static org.pekkochannels.websocket.ClientFrames.fragment;
import static org.pekkochannels.websocket.ClientFrames.frame;
import static org.pekkochannels.websocket.ClientFrames.ping;
import static org.pekkochannels.websocket.ClientFrames.text;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pekkochannels.websocket.codec.Opcode;

/** Section 7: close handling. */
final class CloseCases {
    private static final int[] VALID = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999};
    private static final int[] INVALID = {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999};
    private static final byte[] HELLO = text("Hello World!");
    private static final byte[] CLOSE = close(1000, "");

    private CloseCases() {}

    static Stream<WireCase> all() {
        return Stream.of(behavior(), lengths(), codes()).flatMap(cases -> cases);
    }

    private static Stream<WireCase> behavior() {
        byte[] large = text("BAsd7&jh23".repeat(26_215).substring(0, 256 * 1024));
        return Stream.of(
                WireCase.of("7.1.1 text, then close", client -> {
                    client.send(HELLO);
                    client.expectText("Hello World!");
                    client.close1000();
                }),
                ends("7.1.2 two close frames", 1000, CLOSE, close()),
                ends("7.1.3 ping after close", 1000, CLOSE, ping("")),
                ends("7.1.4 text after close", 1000, CLOSE, HELLO),
                ends(
                        "7.1.5 close within a text",
                        1000,
                        fragment(false, Opcode.TEXT, "fragment1"),
                        CLOSE,
                        fragment(true, Opcode.CONTINUATION, "fragment2")),
                WireCase.fails("7.1.6 256 KiB of text, text, close, ping", 1000, large, HELLO, CLOSE, ping("")));
    }

    private static Stream<WireCase> lengths() {
        byte[] notUtf8 = HexFormat.of().parseHex("03e8cebae1bdb9cf83cebcceb5eda080656469746564");
        return Stream.of(
                ends("7.3.1 without code", 1005, close()),
                ends("7.3.2 of one byte", 1002, frame(true, Opcode.CLOSE, new byte[] {'a'})),
                ends("7.3.3 with code", 1000, CLOSE),
                ends("7.3.4 with code and reason", 1000, close(1000, "Hello World!")),
                ends("7.3.5 with a reason of 123 bytes", 1000, close(1000, "*".repeat(123))),
                ends("7.3.6 with a reason of 124 bytes", 1002, close(1000, "*".repeat(124))),
                ends("7.5.1 with a reason that is not UTF-8", 1007, frame(true, Opcode.CLOSE, notUtf8)));
    }

    private static Stream<WireCase> codes() {
        Stream<WireCase> valid = IntStream.range(0, VALID.length)
                .mapToObj(i -> ends("7.7.%d valid code %d".formatted(i + 1, VALID[i]), VALID[i], code(VALID[i])));
        Stream<WireCase> invalid = IntStream.range(0, INVALID.length)
                .mapToObj(i -> ends("7.9.%d invalid code %d".formatted(i + 1, INVALID[i]), 1002, code(INVALID[i])));
        Stream<WireCase> beyond = Stream.of(
                ends("7.13.1 undefined code 5000", 1002, code(5000)),
                ends("7.13.2 undefined code 65535", 1002, code(65_535)));
        return Stream.concat(Stream.concat(valid, invalid), beyond);
    }

    private static WireCase ends(String name, int code, byte[]... frames) {
        return WireCase.of(name, client -> {
            client.send(frames);
            client.expectEnd(code);
        });
    }

    private static byte[] code(int code) {
        return frame(
                true,
                Opcode.CLOSE,
                ByteBuffer.allocate(2).putShort((short) code).array());
    }
}
