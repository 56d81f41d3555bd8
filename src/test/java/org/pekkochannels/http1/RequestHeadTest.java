package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a head says of its fields, and how a handshake is written. */
final class RequestHeadTest {
    @ParameterizedTest
    @CsvSource({
        "Connection, close, true",
        "connection, CLOSE, true",
        "Connection, b, true",
        "Connection, c, false",
        "Connection, keep-alive, false",
        "Upgrade, h2c, true",
        "Upgrade, h2, false",
        "Upgrade, websocket, false",
        "Missing, close, false"
    })
    void hasTheElementsOfItsLists(String name, String element, boolean has) throws Exception {
        RequestHead head = Requests.head("GET / HTTP/1.1|Connection: a,, b |connection:close|Upgrade: h2c||");

        assertThat(head.has(name, element)).isEqualTo(has);
        assertThat(head.elements("Connection")).containsExactly("a", "b", "close");
        assertThat(head.elements("Missing")).isEmpty();
    }

    @Test
    void aHandshakeIsWrittenWithTheOffersOfAllItsFields() throws Exception {
        Request request = Requests.read("GET /a HTTP/1.1|Host: x|Connection: keep-alive, upgrade|Upgrade: WebSocket"
                + "|Sec-WebSocket-Protocol: a|b: \u20ac|Sec-WebSocket-Protocol: b, c|Sec-WebSocket-Extensions: d||");

        assertThat(upgrade(request))
                .isEqualTo("GET /a HTTP/1.1|Host: x|b: \u20ac|Connection: Upgrade|Upgrade: websocket"
                        + "|Sec-WebSocket-Protocol: a, b, c|Sec-WebSocket-Extensions: d||");
        assertThat(upgrade(Requests.read("GET /a HTTP/1.1|Host: x|Sec-WebSocket-Protocol:||")))
                .isEqualTo("GET /a HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket||");
    }

    private static String upgrade(Request request) {
        ByteOutput out = new ByteOutput();
        assertThat(out.isEmpty()).isTrue();
        CanonicalHead.writeUpgrade(request, () -> "own:1", out);
        assertThat(out.isEmpty()).isFalse();
        return new String(out.take(Arrays::copyOf), StandardCharsets.UTF_8).replace("\r\n", "|");
    }
}
