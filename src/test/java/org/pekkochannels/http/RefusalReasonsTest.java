package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.routing.Router;

/** Each refusal is counted once, by its status and by the reason for it. */
@Tag("edge")
class RefusalReasonsTest {
    private static final String ASKS = " HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket"
            + "|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String X64 = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

    private final CountDownLatch working = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private RunningApplication application = start("");

    @AfterEach
    void endsLeakFree() {
        mayEnd.countDown();
        application.close();
    }

    private RunningApplication start(String config) {
        RunningApplication started = RunningApplication.start("""
                channels.http { max-header-bytes = 256 B, max-header-fields = 16, header-timeout = 1s }
                channels.websocket.handshake-timeout = 1s
                channels.database { threads = 1, max-waiting = 0 }
                """ + config, this::endpoints);
        new ChannelsMetrics(started.system()).bindTo(registry);
        return started;
    }

    private void restart(String config) {
        application.close();
        application = start(config);
    }

    private Channels endpoints(Channels channels) {
        return channels.application("ws/lost/", scope -> Router.of().open(scope))
                .application("ws/silent/", scope -> new CompletableFuture<>())
                .application("ws/broken/", scope -> {
                    throw new IllegalStateException("as the test wants it");
                })
                .websocket("ws/{what}/", Answering::new);
    }

    private final class Answering extends WebSocketConsumer {
        Answering(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return switch (scope().pathParameter("what")) {
                case "refuse" -> refuse();
                case "fail" -> throw new IllegalStateException("as the test wants it");
                case "never" -> ended();
                case "busy" -> database().useHandle(handle -> {}).thenCompose(used -> accept());
                default -> accept();
            };
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database().useHandle(handle -> {
                working.countDown();
                mayEnd.await();
            });
        }
    }

    /** Sends lines, and reads until the server ends. */
    private String answer(String lines) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(lines.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was refused so far, by status and reason. */
    private Map<String, Double> counts() {
        Map<String, Double> counts = new TreeMap<>();
        registry.find("channels.http.refusals").functionCounters().stream()
                .filter(counter -> counter.count() > 0)
                .forEach(counter -> counts.put(
                        counter.getId().getTag("status") + " " + counter.getId().getTag("reason"), counter.count()));
        return counts;
    }

    /** A client whose message holds the only thread of the database. */
    private JdkClient busy() throws InterruptedException {
        JdkClient busy = JdkClient.connect(application.ws("/ws/open/"));
        busy.send("work");
        assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
        return busy;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "400; malformed; nonsense||",
                "408; header-timeout; GET /ws/open/",
                "431; max-header-bytes; GET /ws/open/ HTTP/1.1|X: " + X64 + X64 + X64 + X64,
                "431; max-header-fields; GET /ws/open/ HTTP/1.1|a:|a:|a:|a:|a:|a:|a:|a:|a:|a:|a:|a:|a:|a:|a:|a:|a:|",
                "431; max-header-fields; GET /ws/open/" + ASKS
                        + "|Sec-WebSocket-Protocol: a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a||",
                "400; handshake; GET /ws/open/ HTTP/1.1|Upgrade: websocket||",
                "426; handshake; GET /ws/open/ HTTP/1.1|Host: x|Connection: close||",
                "403; origin; GET /ws/open/" + ASKS + "|Origin: https://evil.example||",
                "404; no-route; GET /ws/lost/" + ASKS + "||",
                "403; application; GET /ws/refuse/" + ASKS + "||",
                "500; failure; GET /ws/fail/" + ASKS + "||",
                "500; failure; GET /ws/broken/" + ASKS + "||",
                "503; handshake-timeout; GET /ws/never/" + ASKS + "||",
                "503; handshake-timeout; GET /ws/silent/" + ASKS + "||",
            })
    void countsARefusalByItsReason(String status, String reason, String lines) {
        assertThat(answer(lines)).startsWith("HTTP/1.1 " + status);

        assertThat(counts()).isEqualTo(Map.of(status + " " + reason, 1.0));
    }

    @Test
    void countsAnOverload() throws Exception {
        JdkClient busy = busy();

        assertThat(answer("GET /ws/busy/" + ASKS + "||")).startsWith("HTTP/1.1 503");

        assertThat(counts()).isEqualTo(Map.of("503 overload", 1.0));
        mayEnd.countDown();
        busy.close(1000, "");
    }

    @Test
    void countsOneThatIsTooManyForTheWebSockets() throws Exception {
        restart("channels.http.max-websockets = 1");
        JdkClient only = JdkClient.connect(application.ws("/ws/open/"));

        assertThat(answer("GET /ws/open/" + ASKS + "||")).startsWith("HTTP/1.1 503");

        assertThat(counts()).isEqualTo(Map.of("503 max-websockets", 1.0));
        only.close(1000, "");
    }

    @Test
    void countsOneThatIsTooManyForTheConnections() throws Exception {
        restart("channels.http.max-connections = 1");
        JdkClient only = JdkClient.connect(application.ws("/ws/open/"));

        assertThat(answer("")).startsWith("HTTP/1.1 503");

        assertThat(counts()).isEqualTo(Map.of("503 max-connections", 1.0));
        only.close(1000, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "silent"})
    void countsOneThatComesWhenTheServerStops(String undecided) throws Exception {
        restart("channels.websocket.handshake-timeout = 10m");
        busy();
        CompletableFuture<String> waiting =
                CompletableFuture.supplyAsync(() -> answer("GET /ws/" + undecided + "/" + ASKS + "||"));
        TestProbe.create(application.system())
                .awaitAssert(
                        Duration.ofSeconds(20),
                        () -> assertThat(application.server().connections()).isEqualTo(2));

        CompletionStage<?> stopped = application.server().stop();

        assertThat(waiting.get(20, TimeUnit.SECONDS)).startsWith("HTTP/1.1 503");
        assertThat(counts()).isEqualTo(Map.of("503 draining", 1.0));
        mayEnd.countDown();
        stopped.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
