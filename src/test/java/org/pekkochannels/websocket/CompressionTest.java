package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire.SharedMessage;
import org.pekkochannels.websocket.codec.Compression;
import org.pekkochannels.websocket.codec.CompressionSettings;
import org.pekkochannels.websocket.codec.Compressors;
import org.pekkochannels.websocket.codec.Deflation;
import org.pekkochannels.websocket.codec.Inflation;
import org.pekkochannels.websocket.codec.Opcode;
import org.pekkochannels.websocket.codec.Pool;

class CompressionTest {
    private static final String AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private static final String LONG = "x".repeat(100);

    private final ClientDeflate client = new ClientDeflate();
    private final Conversation conversation = Conversation.open(Conversation.SETTINGS, offer("permessage-deflate"));

    private static Scope offer(String... offers) {
        List<Header> headers = Stream.of(offers)
                .map(offer -> new Header("sec-websocket-extensions", offer))
                .toList();
        return Scope.of("/ws/").withHeaders(new ArrayList<>(headers));
    }

    private static List<String> answer(String... offers) {
        Conversation asked = Conversation.asked(offer(offers));
        asked.wire.accept(Acceptance.PLAIN);
        return asked.answers();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** One compressed text frame. */
    private byte[] deflated(String text) {
        return client.message(Opcode.TEXT, bytes(text), 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate",
                "permessage-deflate; client_max_window_bits",
                "permessage-deflate; client_max_window_bits=8",
                "permessage-deflate;client_no_context_takeover ; server_no_context_takeover",
                "x-webkit-deflate-frame, permessage-deflate; client_max_window_bits=\"10\"",
                "permessage-deflate; unknown, permessage-deflate",
                "permessage-deflate; server_max_window_bits=16, permessage-deflate",
                "permessage-deflate; =, permessage-deflate"
            })
    void agreesWithoutContextTakeover(String offer) {
        assertThat(answer(offer)).containsExactly("accepted", "Sec-WebSocket-Extensions: " + AGREED);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 14, 15})
    void grantsASmallerWindow(int bits) {
        assertThat(answer("permessage-deflate; server_max_window_bits=" + bits))
                .contains("Sec-WebSocket-Extensions: " + AGREED + "; server_max_window_bits=" + bits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-bzip2",
                "permessage-deflate; unknown",
                "permessage-deflate; server_max_window_bits",
                "permessage-deflate; server_max_window_bits=7",
                "permessage-deflate; server_max_window_bits=16",
                "permessage-deflate; server_max_window_bits=09",
                "permessage-deflate; client_max_window_bits=99",
                "permessage-deflate; client_max_window_bits; client_max_window_bits",
                "permessage-deflate; client_no_context_takeover=1",
                "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
                "permessage-deflate; client_max_window_bits=\"10",
                "permessage-deflate;",
                "",
                ",;="
            })
    void declinesWhatItDoesNotKnowAndWhatIsMalformed(String offer) {
        assertThat(answer(offer)).containsExactly("accepted");
    }

    @Test
    void findsAnOfferInAnyHeader() {
        assertThat(answer("x-other", "permessage-deflate")).hasSize(2);
    }

    @Test
    void leavesTheHeaderToTheServer() {
        Conversation asked = Conversation.asked();
        Header header = new Header("Sec-WebSocket-Extensions", "permessage-deflate");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> asked.wire.accept(new Acceptance(Optional.empty(), List.of(header))))
                .withMessageContaining("channels.websocket.compression");
    }

    @Test
    void inflatesWhatComesInOneFrameAndInMany() {
        conversation.receive(deflated("one " + LONG), ClientFrames.text("plain"));
        conversation.receive(client.message(Opcode.TEXT, bytes("two " + LONG), 5));

        assertThat(conversation.heard()).containsExactly("batch [text one " + LONG + ", text plain]");
        conversation.wire.endTurn(true);
        assertThat(conversation.heard()).containsExactly("text two " + LONG);
    }

    @Test
    void inflatesTheExamplesOfTheRfc() {
        HexFormat hex = HexFormat.of();
        for (String example :
                List.of("f248cdc9c90700", "000500faff48656c6c6f00", "f348cdc9c9070000", "f24805000000ffffcac9c90700")) {
            byte[] payload = hex.parseHex(example);
            conversation.receive(ClientFrames.raw(0xC1, ClientFrames.length(payload.length), payload));
            assertThat(conversation.heard()).as(example).containsExactly("text Hello");
            conversation.wire.endTurn(true);
        }
    }

    @ParameterizedTest
    @CsvSource({"99, text", "100, deflated"})
    void compressesFromTheThresholdOn(int length, String kind) {
        conversation.send("x".repeat(length));
        conversation.wire.send(new byte[10]);
        conversation.wire.endTurn(false);

        assertThat(conversation.transport.sent().get(0)).startsWith(kind);
    }

    @Test
    void sendsAsItIsWhatDoesNotGetShorter() {
        byte[] random = CompressionData.RANDOM.slice(0, 1000);
        conversation.wire.send(random);
        conversation.wire.endTurn(false);

        assertThat(conversation.transport.writtenBytes()).isEqualTo(4 + random.length);
        assertThat(conversation.transport.sent().get(0)).startsWith("binary");
    }

    @Test
    void compressesNothingWithoutAnAgreement() {
        Conversation plain = Conversation.open();
        plain.send(LONG);
        plain.receive(deflated(LONG));

        assertThat(plain.transport.sent()).containsExactly("text " + LONG, "close 1002 reserved bits set");
    }

    @Test
    void refusesTheMarkOnContinuationsAndControlFrames() {
        Conversation second = Conversation.open(Conversation.SETTINGS, offer("permessage-deflate"));
        byte[] none = ClientFrames.length(0);

        conversation.receive(ClientFrames.fragment(false, Opcode.TEXT, "a"), ClientFrames.raw(0xC0, none, new byte[0]));
        second.receive(ClientFrames.raw(0xC9, none, new byte[0]));

        assertThat(conversation.transport.sent()).containsExactly("close 1002 reserved bits set");
        assertThat(second.transport.sent()).containsExactly("close 1002 reserved bits set");
    }

    @Test
    void inflatesABombNoFurtherThanTheLimit() {
        byte[] bomb = client.deflated(new byte[10_000_000]);
        Inflation inflation = new Inflation();

        Inflation.Result result = inflation.inflate(bomb, 0, bomb.length, 100_000, 1);

        assertThat(result).isEqualTo(Inflation.Result.TOO_LARGE);
        assertThat(inflation.bytes().length).isLessThanOrEqualTo(100_001);
        inflation.close();
    }

    /** As many empty final blocks as there are asked for, each of two bytes. */
    private static byte[] finalBlocks(int count) {
        byte[] payload = new byte[2 * count];
        for (int i = 0; i < payload.length; i += 2) {
            payload[i] = 3;
        }
        return ClientFrames.raw(0xC1, ClientFrames.length(payload.length), payload);
    }

    @Test
    void closesWith1008ForMoreFinalBlocksThanFrames() {
        conversation.receive(finalBlocks(Conversation.BOUNDS.maxFrames()));
        assertThat(conversation.heard()).containsExactly("text ");
        conversation.wire.endTurn(true);

        conversation.receive(finalBlocks(Conversation.BOUNDS.maxFrames() + 1));
        assertThat(conversation.heard()).containsExactly("closed 1008 too many frames in a message");
        assertThat(conversation.stats().crossed(Limit.MAX_FRAMES)).isEqualTo(1);
    }

    @Test
    void closesWith1009ForABombAnd1007ForWhatIsNotCompressed() {
        Conversation second = Conversation.open(Conversation.SETTINGS, offer("permessage-deflate"));

        conversation.receive(deflated("x".repeat(1001)));
        second.receive(ClientFrames.raw(0xC1, ClientFrames.length(2), new byte[] {-1, -1}));

        assertThat(conversation.heard()).containsExactly("closed 1009 message too large");
        assertThat(conversation.stats().crossed(Limit.MAX_MESSAGE_BYTES)).isEqualTo(1);
        assertThat(second.heard()).containsExactly("closed 1007 not compressed as agreed");
    }

    @Test
    void checksTheTextThatWasInflated() {
        byte[] notUtf8 = client.deflated(new byte[] {'a', -1});

        conversation.receive(ClientFrames.raw(0xC1, ClientFrames.length(notUtf8.length), notUtf8));

        assertThat(conversation.heard()).containsExactly("closed 1007 not UTF-8");
    }

    @Test
    void sharesOneFormAmongAllWhoAgreedToTheSame() {
        SharedMessage message = SharedMessage.text(LONG);
        Conversation second = Conversation.open(Conversation.SETTINGS, offer("permessage-deflate"));
        Conversation plain = Conversation.open();
        for (Conversation each : List.of(conversation, second, plain)) {
            each.wire.send(message);
            each.wire.endTurn(false);
        }

        assertThat(conversation.transport.sent()).containsExactlyElementsOf(second.transport.sent());
        assertThat(plain.transport.sent()).containsExactly("text " + LONG);
        assertThat(Compression.of(offer("permessage-deflate"), new CompressionSettings(true, 0, 6), new Compressors())
                        .deflated(message))
                .isSameAs(Compression.of(
                                offer("permessage-deflate"), new CompressionSettings(true, 0, 6), new Compressors())
                        .deflated(message));
    }

    @Test
    void looksBackNoFurtherThanTheWindow() {
        byte[] half = CompressionData.RANDOM.slice(0, 600);
        byte[] twice = ClientFrames.join(half, half);
        Deflation deflation = new Deflation(6);

        assertThat(deflation.deflate(twice, Integer.MAX_VALUE)).isTrue();
        assertThat(deflation.deflate(twice, 512)).isFalse();
        assertThat(deflation.deflate(bytes(LONG.repeat(20)), 512)).isTrue();
        assertThat(client.inflated(deflation.copy())).isEqualTo(bytes(LONG.repeat(20)));
        deflation.close();
    }

    @Test
    void restsWithoutTheArrayOfALargeMessage() {
        byte[] random = CompressionData.RANDOM.slice(0, 60_000);
        byte[] deflated = client.deflated(new byte[100_000]);
        Inflation inflation = new Inflation();
        Deflation deflation = new Deflation(6);
        inflation.inflate(deflated, 0, deflated.length, 100_000, 1);
        deflation.deflate(random, Integer.MAX_VALUE);

        new Pool<>(1, () -> inflation).giveBack(inflation);
        new Pool<>(1, () -> deflation).giveBack(deflation);

        assertThat(inflation.bytes()).hasSizeLessThan(20_000);
        assertThat(deflation.bytes()).hasSizeLessThan(20_000);
        inflation.close();
        deflation.close();
    }

    @Test
    void poolsNoMoreThanItsBoundAndNothingOnceClosed() {
        Pool<Inflation> pool = new Pool<>(2, Inflation::new);
        List<Inflation> lent = Stream.generate(pool::borrow).limit(4).toList();

        lent.forEach(pool::giveBack);
        assertThat(pool.resting()).isEqualTo(2);
        assertThat(pool.borrow()).isSameAs(lent.get(0));

        pool.close();
        assertThat(pool.resting()).isZero();
        pool.giveBack(new Inflation());
        assertThat(pool.resting()).isZero();
    }
}
