package org.pekkochannels.websocket;

import static org.pekkochannels.websocket.ClientFrames.fragment;
import static org.pekkochannels.websocket.ClientFrames.ping;
import static org.pekkochannels.websocket.ClientFrames.text;

import java.io.IOException;
import java.util.stream.Stream;
import org.pekkochannels.websocket.codec.Opcode;

/** Section 5: fragmentation. */
final class FragmentCases {
    private static final byte[] FIRST = fragment(false, Opcode.TEXT, "fragment1");
    private static final byte[] MIDDLE = fragment(false, Opcode.CONTINUATION, "fragment2");
    private static final byte[] LAST = fragment(true, Opcode.CONTINUATION, "fragment2");
    private static final byte[] HELLO = text("Hello, world!");
    private static final byte[] PING = ping("ping payload");
    private static final String WHOLE = "fragment1fragment2";

    private FragmentCases() {}

    /** A way to send frames. */
    private interface Sending {
        void send(WireClient client, byte[]... frames) throws IOException;
    }

    private enum Way {
        AT_ONCE(0, "", WireClient::send),
        EACH(1, ", each in a write of its own", WireClient::sendEach),
        CHOPPED(2, ", in chops of 1", (client, frames) -> client.chop(1, frames));

        private final int place;
        private final String words;

        @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
        private final Sending sending;

        Way(int place, String words, Sending sending) {
            this.place = place;
            this.words = words;
            this.sending = sending;
        }
    }

    static Stream<WireCase> all() {
        return Stream.of(controls(), ways(), sequences(), long5(19, Way.AT_ONCE), long5(20, Way.EACH))
                .flatMap(cases -> cases);
    }

    private static Stream<WireCase> controls() {
        return Stream.of(
                WireCase.fails("5.1 fragmented ping", 1002, fragment(false, Opcode.PING, "fragment1"), LAST),
                WireCase.fails("5.2 fragmented pong", 1002, fragment(false, Opcode.PONG, "fragment1"), LAST));
    }

    private static Stream<WireCase> ways() {
        return Stream.of(Way.values()).flatMap(way -> {
            int i = way.place;
            byte[] stray = fragment(true, Opcode.CONTINUATION, "non-continuation payload");
            byte[] unfinished = fragment(false, Opcode.CONTINUATION, "non-continuation payload");
            return Stream.of(
                    WireCase.of("5.%d text in two fragments%s".formatted(3 + i, way.words), client -> {
                        way.sending.send(client, FIRST, LAST);
                        client.expectText(WHOLE);
                        client.close1000();
                    }),
                    WireCase.of("5.%d text in two fragments, ping between%s".formatted(6 + i, way.words), client -> {
                        way.sending.send(client, FIRST, PING, LAST);
                        client.expectPong("ping payload");
                        client.expectText(WHOLE);
                        client.close1000();
                    }),
                    fails(9 + i, way, "last fragment of nothing", stray, HELLO),
                    fails(12 + i, way, "fragment of nothing", unfinished, HELLO));
        });
    }

    private static WireCase fails(int number, Way way, String words, byte[]... frames) {
        return WireCase.of("5.%d %s%s".formatted(number, words, way.words), client -> {
            way.sending.send(client, frames);
            client.expectEndAfterMessages(1002);
        });
    }

    private static Stream<WireCase> sequences() {
        byte[] begins = fragment(false, Opcode.TEXT, "fragment2");
        byte[] ends = fragment(true, Opcode.CONTINUATION, "fragment3");
        byte[] stray = fragment(true, Opcode.CONTINUATION, "fragment1");
        return Stream.of(
                WireCase.fails(
                        "5.15 text in two fragments, fragment of nothing, text", 1002, FIRST, LAST, MIDDLE, HELLO),
                WireCase.fails(
                        "5.16 fragment of nothing, text in two fragments, twice",
                        1002,
                        MIDDLE,
                        begins,
                        ends,
                        MIDDLE,
                        begins,
                        ends),
                WireCase.fails(
                        "5.17 last fragment of nothing, text in two fragments, twice",
                        1002,
                        stray,
                        begins,
                        ends,
                        stray,
                        begins,
                        ends),
                WireCase.fails("5.18 text within an unfinished text", 1002, FIRST, text("fragment2")));
    }

    private static Stream<WireCase> long5(int number, Way way) {
        return Stream.of(WireCase.of(
                "5.%d text in five fragments, two pings%s".formatted(number, way.words), client -> {
                    way.sending.send(client, FIRST, MIDDLE, ping("pongme 1!"));
                    client.expectPong("pongme 1!");
                    way.sending.send(
                            client,
                            fragment(false, Opcode.CONTINUATION, "fragment3"),
                            fragment(false, Opcode.CONTINUATION, "fragment4"),
                            ping("pongme 2!"),
                            fragment(true, Opcode.CONTINUATION, "fragment5"));
                    client.expectPong("pongme 2!");
                    client.expectText(WHOLE + "fragment3fragment4fragment5");
                    client.close1000();
                }));
    }
}
