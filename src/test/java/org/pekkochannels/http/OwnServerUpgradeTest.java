package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.RawExchange.Response;
import org.pekkochannels.protocol.Refusal;

/** Upgrades in a Pekko HTTP server of the application's own, which reads the requests itself. */
@ParameterizedClass
@EnumSource(Position.class)
class OwnServerUpgradeTest {
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String UPGRADE = "Host: x|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13";
    private static final String TELL = "GET /ws/tell/ HTTP/1.1|" + UPGRADE + "|" + KEY;

    private static final ActorTestKit KIT = ActorTestKit.create(
            "own-server-upgrade-test",
            ConfigFactory.parseString("channels.database.url = \"jdbc:h2:mem:own-server-upgrade\"")
                    .withFallback(ConfigFactory.load())
                    .resolve());
    private static final ServerBinding SERVER = bind();

    private final Position position;

    OwnServerUpgradeTest(Position position) {
        this.position = position;
    }

    private static ServerBinding bind() {
        Channels channels = Channels.in(KIT.system())
                .websocket("ws/tell/", Teller::new)
                .websocket("ws/room/{name}/", Teller::new)
                .websocket("ws/refuse/{status:int}/", Refusing::new);
        Route endpoints = channels.route();
        Route route = Directives.concat(
                Directives.path("page", () -> Directives.complete("a page")),
                Directives.pathPrefix("api", () -> endpoints),
                endpoints);
        return Http.get(KIT.system())
                .newServerAt("127.0.0.1", 0)
                .bind(route)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    /** Sends its path and parameters; echoes. */
    private static final class Teller extends WebSocketConsumer {
        Teller(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(accepted ->
                    send(scope().path() + " " + scope().remainingPath() + " " + scope().pathParameters()));
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }

    /** Refuses with the status in its path. */
    private static final class Refusing extends WebSocketConsumer {
        Refusing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return refuse(Refusal.of(scope().pathParameter("status", Integer.class), "no"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {303, 403, 418, 419, 440, 451, 499, 520, 599})
    void isRefusedWithAnyStatus(int status) throws Exception {
        try (RawExchange exchange = ask("GET /ws/refuse/" + status + "/ HTTP/1.1|" + UPGRADE + "|" + KEY + "||")) {
            Response refusal = exchange.response();

            assertThat(refusal.status()).isEqualTo(status);
            assertThat(refusal.body()).isEqualTo("no");
        }
    }

    /**
     * As one header, which a list in two lines is (RFC 9110, section 5.3); but of {@code Connection} Pekko HTTP shows the first
     * line only.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade|Connection: keep-alive|Upgrade: websocket",
                "Connection: keep-alive, Upgrade|Upgrade: h2c|Upgrade: websocket",
            })
    void isAcceptedWithAListInTwoLines(String headers) throws Exception {
        try (RawExchange exchange =
                ask("GET /ws/tell/ HTTP/1.1|Host: x|" + headers + "|Sec-WebSocket-Version: 13|" + KEY + "||")) {
            Response accepted = exchange.response();
            assertThat(accepted.status()).isEqualTo(101);
            assertThat(accepted.header("Sec-WebSocket-Accept")).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(exchange.text()).startsWith("/ws/tell/ ");

            exchange.sendExactly(RawExchange.HELLO);

            assertThat(exchange.text()).isEqualTo("hello");
        }
    }

    private RawExchange ask(String lines) throws Exception {
        return position.ask(SERVER.localAddress().getPort(), lines);
    }

    private String told(String path) throws Exception {
        try (RawExchange exchange = ask("GET " + path + " HTTP/1.1|" + UPGRADE + "|" + KEY + "||")) {
            assertThat(exchange.response().status()).isEqualTo(101);
            return exchange.text();
        }
    }

    @Test
    void isAccepted() throws Exception {
        try (RawExchange exchange = ask(TELL + "||")) {
            Response accepted = exchange.response();
            assertThat(accepted.status()).isEqualTo(101);
            assertThat(accepted.header("Sec-WebSocket-Accept")).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(exchange.text()).startsWith("/ws/tell/ ");

            exchange.sendExactly(RawExchange.HELLO);

            assertThat(exchange.text()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "400; GET /ws/tell/ HTTP/1.0|" + UPGRADE + "|" + KEY,
                "400; GET /ws/tell/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|" + KEY,
                "400; GET /ws/tell/ HTTP/1.1|" + UPGRADE,
                "400; GET /ws/tell/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|Content-Length: 5||hello",
                "400; GET /ws/tell/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|Transfer-Encoding: chunked||5|hello|0",
                "426; GET /ws/tell/ HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 8|"
                        + KEY,
            })
    void isRefusedWhereItsHandshakeIsInvalid(int status, String lines) throws Exception {
        try (RawExchange exchange = ask(lines + "||")) {
            assertThat(exchange.response().status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "0", "14"})
    void isToldTheVersionWhereItHasAnother(String version) throws Exception {
        try (RawExchange exchange =
                ask("GET /ws/tell/ HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: "
                        + version + "|" + KEY + "||")) {
            Response refusal = exchange.response();

            assertThat(refusal.status()).isEqualTo(426);
            assertThat(refusal.header("Sec-WebSocket-Version")).contains("13");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: \u00e9|X-Forwarded-For: 10.0.0.1", "X: a\u00f0|Y: b", "Cookie: a=\u00e9|Y: b"})
    void isRefusedAndClosedWhereAValueHasSwallowedTheNextLine(String headers) throws Exception {
        try (RawExchange exchange = ask(TELL + "|" + headers + "||")) {
            assertThat(exchange.lastResponse().status()).isEqualTo(400);
        }
    }

    @Test
    void isFoundUnderAPrefix() throws Exception {
        assertThat(told("/api/ws/tell/")).isEqualTo("/api/ws/tell/  {}");
        assertThat(told("/api/ws/room/a%20b/")).isEqualTo("/api/ws/room/a b/  {name=a b}");
        assertThat(told("/ws/room/a%20b/")).isEqualTo("/ws/room/a b/  {name=a b}");
    }

    @Test
    void isNotFoundUnderAPathThatOnlyBeginsLikeThePrefix() throws Exception {
        for (String path : List.of("/apix/ws/tell/", "/api/api/ws/tell/", "/api/", "/api")) {
            try (RawExchange exchange = ask("GET " + path + " HTTP/1.1|" + UPGRADE + "|" + KEY + "||")) {
                assertThat(exchange.response().status()).as(path).isEqualTo(404);
            }
        }
    }
}
