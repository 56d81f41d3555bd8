package org.pekkochannels.websocket.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of the header {@code Sec-WebSocket-Extensions}. */
final class ExtensionOfferTest {
    private static List<ExtensionOffer> offers(String header) {
        return ExtensionOffer.parse(header).toList();
    }

    @Test
    void areReadInTheirOrderWithTheirParameters() {
        assertThat(offers("a; x ; y=1; z = \"2\\3\", b,a"))
                .containsExactly(
                        new ExtensionOffer(
                                "a", Map.of("x", Optional.empty(), "y", Optional.of("1"), "z", Optional.of("23"))),
                        new ExtensionOffer("b", Map.of()),
                        new ExtensionOffer("a", Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ";x",
                "a;",
                "a; =1",
                "a; x=",
                "a; x=\"\"",
                "a; x=\"",
                "a; x=\"1,2\"",
                "a; x=\"1;2\"",
                "a; x; x",
                "a; x=1; x=2",
                "a b",
                "a; x y",
                "a; x=1 2"
            })
    void areIgnoredWhereTheyAreMalformed(String offer) {
        assertThat(offers(offer)).isEmpty();
        assertThat(offers("before; y," + (offer.equals("a; x=\"") ? "a b" : offer) + ",after"))
                .containsExactly(
                        new ExtensionOffer("before", Map.of("y", Optional.empty())),
                        new ExtensionOffer("after", Map.of()));
    }

    @Test
    void haveNamesOfTheCharactersOfATokenAndNoOthers() {
        for (char c = 0; c < 0x100; c++) {
            assertThat(offers("a" + c + "b").contains(new ExtensionOffer("a" + c + "b", Map.of())))
                    .as("U+%04X", (int) c)
                    .isEqualTo(String.valueOf(c).matches("[A-Za-z0-9!#$%&'*+.^_`|~-]"));
        }
    }
}
