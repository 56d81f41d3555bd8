package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;

@Tag("edge")
class HttpEdgeTest {
    private static final LinkedBlockingQueue<Object> EVENTS = new LinkedBlockingQueue<>();

    private static final RunningApplication APPLICATION = start();

    private static RunningApplication start() {
        return RunningApplication.start(
                """
                channels.websocket.max-message-bytes = 64 KiB
                channels.endpoints.hasty { handshake-timeout = 300ms, attach-timeout = 300ms }
                """,
                channels -> channels.websocket("ws/echo/", Echo::new)
                        .websocket("ws/scope/{name}/", Teller::new)
                        .websocket("ws/refuse/", Refuser::new)
                        .endpoint("ws/never/", "hasty", Undecided::new)
                        .endpoint("ws/late/", "hasty", Late::new)
                        .websocket("ws/unoffered/", Unoffered::new));
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.awaitNoConnections();
        APPLICATION.close();
    }

    /** Echoes; a text that begins with "close" is a wish. */
    private static final class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return text.equals("close") ? close(4001, "bye \u00e9") : send(text);
        }

        @Override
        protected CompletionStage<?> receive(byte[] bytes) {
            return send(bytes);
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            EVENTS.add(reason);
            return done();
        }
    }

    private static final class Teller extends WebSocketConsumer {
        Teller(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            Optional<String> last = scope().subprotocols().stream().reduce((a, b) -> b);
            return accept(last, List.of(new Header("X-Node", "a"))).thenCompose(accepted -> send(describe()));
        }

        private String describe() {
            return String.join(
                    " ",
                    scope().scheme(),
                    scope().path(),
                    scope().pathParameter("name"),
                    scope().queryParameter("q").orElse("-"),
                    scope().header("upgrade").orElse("-"),
                    scope().client()
                            .map(address -> address.getAddress().getHostAddress())
                            .orElse("-"));
        }
    }

    private static final class Refuser extends WebSocketConsumer {
        Refuser(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            Header type = new Header("Content-Type", "application/json");
            return database()
                    .withHandle(handle -> 429)
                    .thenCompose(status ->
                            refuse(new Refusal(status, List.of(type, new Header("Retry-After", "7")), "{\"wait\":7}")));
        }
    }

    private static final class Undecided extends WebSocketConsumer {
        Undecided(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return group("undecided").add().thenCompose(joined -> ended());
        }
    }

    /** Accepts when it is told to. */
    private static final class Late extends WebSocketConsumer {
        private static final LinkedBlockingQueue<CompletableFuture<String>> GATES = new LinkedBlockingQueue<>();

        Late(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            CompletableFuture<String> gate = new CompletableFuture<>();
            CompletionStage<String> opened = onTurn(gate);
            GATES.add(gate);
            return group("late").add().thenCompose(joined -> opened).thenCompose(go -> accept());
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            EVENTS.add("late " + reason.code());
            return done();
        }
    }

    private static final class Unoffered extends WebSocketConsumer {
        Unoffered(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept(Optional.of("v3"), List.of());
        }
    }

    @Test
    void echoesTextBinaryAndFragments() {
        JdkClient client = JdkClient.connect(APPLICATION.ws("/ws/echo/"));

        client.send("hello").send("").send("gr\u00fc\u00df \ud83d\ude00");
        client.socket().sendText("in two ", false).join();
        client.socket().sendText("parts", true).join();
        client.socket().sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 0}), true).join();

        assertThat(client.next(4)).containsExactly("hello", "", "gr\u00fc\u00df \ud83d\ude00", "in two parts");
        assertThat((byte[]) client.next()).containsExactly(1, 2, 0);
        assertThat(client.close(1000, "")).isEqualTo(new JdkClient.Closed(1000, ""));
    }

    @Test
    void answersPings() {
        JdkClient client = JdkClient.connect(APPLICATION.ws("/ws/echo/"));

        client.socket()
                .sendPing(ByteBuffer.wrap("are you there?".getBytes(StandardCharsets.UTF_8)))
                .join();

        assertThat(client.next()).isEqualTo(new JdkClient.Pong("are you there?"));
        client.close(1000, "");
    }

    @Test
    void carriesCloseCodesAndReasonsBothWays() throws Exception {
        JdkClient ours = JdkClient.connect(APPLICATION.ws("/ws/echo/"));
        ours.send("close");
        assertThat(ours.next()).isEqualTo(new JdkClient.Closed(4001, "bye \u00e9"));

        JdkClient theirs = JdkClient.connect(APPLICATION.ws("/ws/echo/"));
        assertThat(theirs.close(4002, "my own")).isEqualTo(new JdkClient.Closed(4002, ""));

        await(new CloseReason(4001, "bye \u00e9"));
        await(new CloseReason(4002, "my own"));
    }

    @Test
    void tellsALostConnectionAs1006() throws Exception {
        JdkClient client = JdkClient.connect(APPLICATION.ws("/ws/echo/"));
        client.send("hello").next();

        client.socket().abort();

        Object event;
        do {
            event = EVENTS.poll(20, TimeUnit.SECONDS);
        } while (event != null && !(event instanceof CloseReason reason && reason.code() == 1006));
        assertThat(event).isNotNull();
    }

    @Test
    void closesWith1009AMessageThatIsTooLarge() {
        JdkClient client = JdkClient.connect(APPLICATION.ws("/ws/echo/"));
        client.send("x".repeat(64 * 1024));
        assertThat((String) client.next()).hasSize(64 * 1024);

        client.send("x".repeat(64 * 1024 + 1));

        assertThat(((JdkClient.Closed) client.next()).code()).isEqualTo(1009);
    }

    @Test
    void showsTheScopeAndAnswersWithSubprotocolAndHeaders() {
        JdkClient client = JdkClient.connect(APPLICATION.ws("/ws/scope/J%C3%BCrgen%20+/?q=a%20b"), "v1", "v2");

        assertThat(client.socket().getSubprotocol()).isEqualTo("v2");
        assertThat(client.next()).isEqualTo("ws /ws/scope/J\u00fcrgen +/ J\u00fcrgen + a b websocket 127.0.0.1");
        client.close(1000, "");
    }

    @Test
    void refusesWithStatusHeadersAndBodyBeforeAnyUpgrade() {
        HttpResponse<?> response = APPLICATION.refusal("/ws/refuse/");

        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("Retry-After")).hasValue("7");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @Test
    void answers404WhereThereIsNoRoute() {
        assertThat(APPLICATION.refusal("/ws/nothing/").statusCode()).isEqualTo(404);
    }

    @Test
    void answers500WhenAnUnofferedSubprotocolIsChosen() {
        assertThat(APPLICATION.refusal("/ws/unoffered/").statusCode()).isEqualTo(500);
    }

    @Test
    void answers503WhenTheConsumerDoesNotDecideInTime() {
        assertThat(APPLICATION.refusal("/ws/never/").statusCode()).isEqualTo(503);
    }

    @Test
    void answers426ToARequestThatIsNoUpgrade() throws Exception {
        HttpResponse<String> response = JdkClient.http()
                .send(
                        HttpRequest.newBuilder(APPLICATION.http("/ws/echo/")).build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(426);
        assertThat(response.headers().firstValue("Upgrade")).hasValue("websocket");
    }

    @Test
    void cleansUpAfterAClientThatLeavesDuringConnect() throws Exception {
        CompletableFuture<String> gate;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port())) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream().write(upgradeRequest("/ws/late/"));
            socket.getOutputStream().flush();
            gate = Late.GATES.poll(20, TimeUnit.SECONDS);
        }
        Objects.requireNonNull(gate, "the consumer was not asked").complete("");

        await("late 1006");
        APPLICATION.awaitNoConnections();
    }

    private static byte[] upgradeRequest(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Waits for one event among those of all tests. */
    private static void await(Object expected) throws InterruptedException {
        Object event;
        do {
            event = EVENTS.poll(20, TimeUnit.SECONDS);
        } while (event != null && !event.equals(expected));
        assertThat(event).isEqualTo(expected);
    }
}
