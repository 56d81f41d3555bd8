package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Sections 12 and 13: compression, of different payloads and with different parameters. */
final class CompressionCases {
    private static final String OFFER = "permessage-deflate; client_no_context_takeover; client_max_window_bits";
    private static final String AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private static final int[] SIZES = {
        16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072, 8192, 16_384, 32_768, 65_536, 131_072, 131_072,
        131_072, 131_072
    };
    private static final int[] FRAGMENTS = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 256, 256, 256, 256, 256, 1024, 4096, 32_768};
    // The suite sends 1000 messages in each case.
    private static final int MOST_MESSAGES = 50;
    private static final int BYTES_PER_CASE = 256 * 1024;

    private CompressionCases() {}

    /** What a client offers, what the server must answer, and how far back the client then looks in what it is sent. */
    private record Agreement(String offer, String answer, int window) {
        static Agreement of(String... parameters) {
            StringBuilder offers = new StringBuilder();
            for (String each : parameters) {
                offers.append(offers.isEmpty() ? "" : ", ").append(OFFER).append(each);
            }
            String bits = parameters[0].replaceAll(".*(; server_max_window_bits=\\d+).*|.*", "$1");
            return new Agreement(offers.toString(), AGREED + bits, window(bits));
        }

        private static int window(String bits) {
            return bits.isEmpty() ? ClientDeflate.ZLIB_WINDOW : 1 << Integer.parseInt(bits.replaceAll("\\D", ""));
        }
    }

    static Stream<WireCase> all() {
        return Stream.concat(payloads(), parameters());
    }

    private static Stream<WireCase> payloads() {
        List<CompressionData> data = List.of(CompressionData.values());
        return IntStream.range(0, data.size())
                .boxed()
                .flatMap(i -> cases("12." + (i + 1), data.get(i), Agreement.of("")));
    }

    private static Stream<WireCase> parameters() {
        String takeover = "; server_no_context_takeover";
        String bits9 = "; server_max_window_bits=9";
        String bits15 = "; server_max_window_bits=15";
        List<Agreement> agreements = List.of(
                Agreement.of(""),
                Agreement.of(takeover),
                Agreement.of(bits9),
                Agreement.of(bits15),
                Agreement.of(takeover + bits9),
                Agreement.of(takeover + bits15),
                Agreement.of(takeover + bits9, takeover, ""));
        return IntStream.range(0, agreements.size())
                .boxed()
                .flatMap(i -> cases("13." + (i + 1), CompressionData.JSON, agreements.get(i)));
    }

    private static Stream<WireCase> cases(String section, CompressionData data, Agreement agreement) {
        return IntStream.range(0, SIZES.length).mapToObj(i -> {
            String name = "%s.%d %s of %d bytes%s"
                    .formatted(
                            section,
                            i + 1,
                            data,
                            SIZES[i],
                            FRAGMENTS[i] == 0 ? "" : " in fragments of " + FRAGMENTS[i]);
            return new WireCase(
                    name,
                    Optional.of(agreement.offer()),
                    client -> converse(client, agreement, data, SIZES[i], FRAGMENTS[i]));
        });
    }

    private static void converse(WireClient client, Agreement agreement, CompressionData data, int size, int fragment)
            throws IOException {
        assertThat(client.extensions()).contains(agreement.answer());
        int rounds = Math.max(2, Math.min(MOST_MESSAGES, BYTES_PER_CASE / size));
        try (ClientDeflate deflate = new ClientDeflate()) {
            for (int round = 0; round < rounds; round++) {
                byte[] message = data.slice(round * size, size);
                client.send(deflate.message(data.opcode(), message, fragment));
                WireClient.Frame echo = client.read();
                boolean shorter = deflate.deflated(message, agreement.window()).length < message.length;
                assertThat(echo.first())
                        .as("first byte, compressed if that is shorter")
                        .isEqualTo((shorter ? 0xC0 : 0x80) | data.opcode());
                assertThat(deflate.inflated(echo)).isEqualTo(message);
            }
        }
        client.close1000();
    }
}
