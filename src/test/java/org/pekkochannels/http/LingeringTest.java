package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.metrics.ChannelsMetrics;

/** A client that was answered for the last time is heard out for a while, and no longer. */
@Tag("edge")
@Execution(ExecutionMode.CONCURRENT)
class LingeringTest {
    private static final String REFUSED = "no request||";
    private static final String LAST_ANSWER = "GET /page HTTP/1.1|Host: x|Connection: close||";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RunningApplication application = RunningApplication.start(
            "channels.metrics.global-registry = off",
            channels -> channels.http(system -> Directives.complete("a page")));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    LingeringTest() {
        new ChannelsMetrics(application.system()).bindTo(registry);
    }

    @AfterEach
    void stop() {
        application.close();
    }

    /** A client that has its last answer, and the end of what the server says. */
    private Socket answered(String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port());
        socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
        socket.getOutputStream().write(request.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
        return socket;
    }

    private double connections() {
        return registry.get("channels.http.connections").gauge().value();
    }

    @ParameterizedTest
    @ValueSource(strings = {REFUSED, LAST_ANSWER})
    void cutsAClientThatDoesNotLeave(String request) throws Exception {
        try (Socket socket = answered(request)) {
            assertThat(connections()).isEqualTo(1);

            TestProbe.create(application.system())
                    .awaitAssert(PATIENCE, () -> assertThat(connections()).isZero());
            assertThat(socket.isClosed()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {REFUSED, LAST_ANSWER})
    void cutsAClientThatSendsOnForEver(String request) throws Exception {
        try (Socket socket = answered(request)) {
            CompletableFuture<Boolean> cut = CompletableFuture.supplyAsync(() -> sendUntilCut(socket));

            assertThat(cut).as("the client is cut off").succeedsWithin(PATIENCE);
        }
    }

    private static boolean sendUntilCut(Socket socket) {
        byte[] piece = new byte[64 * 1024];
        try {
            while (!socket.isClosed()) {
                socket.getOutputStream().write(piece);
            }
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
