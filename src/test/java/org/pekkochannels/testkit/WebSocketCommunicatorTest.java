package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.JsonWebSocketConsumer;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;

@ChannelsTest(over = {TestEdge.MEMORY, TestEdge.HTTP, TestEdge.NETTY})
final class WebSocketCommunicatorTest {
    private static CompletableFuture<String> foreign = new CompletableFuture<>();

    private final TestApplication app;

    WebSocketCommunicatorTest(TestApplication app) {
        this.app = app;
    }

    static ChannelsServer start(Config config) {
        return Channels.load(config)
                .websocket("ws/echo/", Echo::new)
                .websocket("ws/blocking/", BlockingEcho::new)
                .websocket("ws/room/", Room::new)
                .websocket("ws/json/", Sums::new)
                .websocket("ws/refusing/", Refusing::new)
                .websocket("ws/choosy/", Choosy::new)
                .websocket("ws/foreign/", Foreign::new)
                .start();
    }

    private static final class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return switch (text) {
                case "fail" -> throw new IllegalStateException("told to");
                case "close" -> close(4001, "told to");
                case "twice" -> send("one").thenCompose(sent -> send("two"));
                case "silence" -> done();
                default -> send(text);
            };
        }

        @Override
        protected CompletionStage<?> receive(byte[] bytes) {
            return send(bytes);
        }
    }

    private static final class BlockingEcho extends SyncWebSocketConsumer {
        BlockingEcho(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            if (text.equals("fail")) {
                throw new IllegalStateException("told to");
            }
            send("db " + handle().createQuery("select 40 + 2").mapTo(int.class).one());
        }
    }

    private static final class Room extends WebSocketConsumer {
        private final Group room = group(GroupName.of("room", "one"));

        Room(ConsumerContext context) {
            super(context);
            on("room.say", String.class, this::send);
        }

        @Override
        protected CompletionStage<?> connect() {
            return room.add().thenCompose(joined -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return room.send("room.say", text);
        }
    }

    record Terms(int a, int b) {}

    record Sum(int sum) {}

    private static final class Sums extends JsonWebSocketConsumer<Terms> {
        Sums(ConsumerContext context) {
            super(context, Terms.class);
        }

        @Override
        protected CompletionStage<?> receiveJson(Terms terms) {
            return sendJson(new Sum(terms.a() + terms.b()));
        }
    }

    private static final class Refusing extends WebSocketConsumer {
        Refusing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            if (scope().query().equals("fail")) {
                throw new IllegalStateException("told to");
            }
            return refuse(new Refusal(401, List.of(new Header("WWW-Authenticate", "Bearer")), "log in first"));
        }
    }

    private static final class Choosy extends WebSocketConsumer {
        Choosy(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept(Optional.of("chat.v2"), List.of(new Header("X-Room", "lobby")));
        }
    }

    private static final class Foreign extends WebSocketConsumer {
        Foreign(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return foreign.copy().thenCompose(answer -> send(answer));
        }
    }

    @Test
    void receivesWhatAConsumerSends() {
        try (WebSocketCommunicator ada = app.connect("/ws/echo/")) {
            ada.send("hello");
            assertThat(ada.receiveText()).isEqualTo("hello");

            ada.send(new byte[] {1, 2, 3});
            assertThat(ada.receiveBytes()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void receivesWhatABlockingConsumerSends() {
        try (WebSocketCommunicator ada = app.connect("/ws/blocking/")) {
            ada.send("query");

            assertThat(ada.receiveText()).isEqualTo("db 42");
            ada.receivesNothing();
        }
    }

    @Test
    void receivesLongMessages() {
        String text = "0123456789".repeat(6_000);
        try (WebSocketCommunicator ada = app.connect("/ws/echo/")) {
            assertThat(ada.send(text).receiveText()).isEqualTo(text);
            assertThat(ada.send("0".repeat(200)).receiveText()).hasSize(200);
        }
    }

    @Test
    void sendsAndReceivesJsonAsTheUsersTypes() {
        try (WebSocketCommunicator ada = app.connect("/ws/json/")) {
            assertThat(ada.sendJson(new Terms(40, 2)).receiveJson(Sum.class)).isEqualTo(new Sum(42));
            assertThat(ada.sendJson(new Terms(1, 2))
                            .receiveJson(JsonNode.class)
                            .get("sum")
                            .intValue())
                    .isEqualTo(3);
        }
    }

    @Test
    void receivesNothingAtOnceWhenTheApplicationHasNothingLeftToDo() {
        try (WebSocketCommunicator ada = app.connect("/ws/room/");
                WebSocketCommunicator bob = app.connect("/ws/room/");
                WebSocketCommunicator eve = app.connect("/ws/echo/")) {
            ada.send("hello");

            eve.receivesNothing();
            assertThat(bob.receiveText()).isEqualTo("hello");
            assertThat(ada.receiveText()).isEqualTo("hello");
        }
    }

    @Test
    void failsAtOnceWhenNothingCanArrive() {
        try (WebSocketCommunicator ada = app.connect("/ws/echo/")) {
            ada.send("silence");

            assertThatThrownBy(ada::receiveText)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("/ws/echo/: expected a text, but the application has nothing left to do")
                    .hasMessageContaining("-> text silence");
        }
    }

    @Test
    void saysWhatArrivedInsteadOfNothing() {
        try (WebSocketCommunicator ada = app.connect("/ws/echo/")) {
            ada.send("hello");

            assertThatThrownBy(ada::receivesNothing)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("expected nothing, received text hello");
        }
    }

    @Test
    void namesTheConsumersFailureAsTheCause() {
        for (String path : List.of("/ws/echo/", "/ws/blocking/")) {
            try (WebSocketCommunicator ada = app.connect(path)) {
                ada.send("fail");

                assertThatThrownBy(ada::receiveText)
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining("the connection was closed with 1011")
                        .hasRootCauseInstanceOf(IllegalStateException.class)
                        .hasRootCauseMessage("told to");
            }
        }
    }

    @Test
    void namesTheFailureOfConnectAsTheCause() {
        assertThatThrownBy(() -> app.connect("/ws/refusing/?fail"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("refused with 500")
                .hasRootCauseMessage("told to");
    }

    @Test
    void isClosedWithCodeAndReason() {
        try (WebSocketCommunicator ada = app.connect("/ws/echo/")) {
            ada.send("close");

            assertThat(ada.closed()).isEqualTo(new CloseReason(4001, "told to"));
        }
    }

    @Test
    void closesWithCodeAndReason() {
        try (WebSocketCommunicator ada = app.connect("/ws/echo/")) {
            assertThat(ada.disconnect(4002, "bye").code()).isEqualTo(4002);
        }
        app.settles();
        assertThat(app.server().connections()).isZero();
    }

    @Test
    void isCutOff() {
        WebSocketCommunicator ada = app.connect("/ws/room/");
        ada.cutOff();
        app.settles();

        assertThat(ada.closed()).isEqualTo(CloseReason.LOST);
    }

    @Test
    void isRefusedWithStatusHeadersAndBody() {
        Response refusal = app.request("/ws/refusing/").refused();

        assertThat(refusal.status()).isEqualTo(401);
        assertThat(refusal.body()).isEqualTo("log in first");
        assertThat(refusal.header("www-authenticate")).contains("Bearer");
        assertThat(app.request("/ws/nowhere/").refused().status()).isEqualTo(404);
    }

    @Test
    void offersSubprotocolsAndReadsHeaders() {
        try (WebSocketCommunicator ada =
                app.request("/ws/choosy/").subprotocols("chat.v1", "chat.v2").connect()) {
            assertThat(ada.subprotocol()).contains("chat.v2");
            assertThat(ada.header("x-room")).contains("lobby");
        }
    }

    @Test
    void receivesNothingWhileAForeignStageIsPending() {
        try (WebSocketCommunicator ada = app.connect("/ws/foreign/")) {
            foreign = new CompletableFuture<>();
            ada.send("ask");
            ada.receivesNothingWhile(foreign);

            app.waitsAtMost(Duration.ofMillis(100));
            assertThatThrownBy(ada::receivesNothing)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("still busy after PT0.1S")
                    .hasMessageContaining("Foreign.receive(String) on /ws/foreign/");
            app.waitsAtMost(Duration.ofSeconds(60));

            foreign.complete("42");
            assertThat(ada.receiveText()).isEqualTo("42");
        }
    }
}
