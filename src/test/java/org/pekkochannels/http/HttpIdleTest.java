package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.metrics.ChannelsMetrics;

/** A connection of plain HTTP on which nothing moves is ended, and counted once. */
@Tag("edge")
@Execution(ExecutionMode.CONCURRENT)
class HttpIdleTest {
    /** More than the buffers of a client that does not read, and of the kernel, can hold. */
    private static final int LARGE_BYTES = 16 * 1024 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RunningApplication application = RunningApplication.start(
            "channels.http { idle-timeout = 1s, body-timeout = 300ms }",
            channels -> channels.http(system -> Directives.concat(
                    Directives.path(
                            "stream",
                            () -> Directives.complete(HttpEntities.create(
                                    ContentTypes.APPLICATION_OCTET_STREAM,
                                    Source.repeat(ByteString.fromArray(new byte[4096]))))),
                    Directives.path("small", () -> Directives.complete("small")),
                    Directives.path(
                            "upload",
                            () -> Directives.extractRequestEntity(body -> Directives.onSuccess(
                                    body.getDataBytes().runWith(Sink.ignore(), system),
                                    read -> Directives.complete("read")))),
                    Directives.complete(
                            HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, new byte[LARGE_BYTES])))));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    HttpIdleTest() {
        new ChannelsMetrics(application.system()).bindTo(registry);
    }

    @AfterEach
    void stop() {
        application.close();
    }

    private Socket ask(String header) throws IOException {
        return ask("/", header);
    }

    private Socket ask(String path, String header) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), application.port()));
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + header + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private void assertCutOnce() {
        TestProbe<?> patience = TestProbe.create(application.system());
        patience.awaitAssert(
                PATIENCE, () -> assertThat(application.server().cuts()).containsExactly(entry("idle-timeout", 1L)));
        patience.awaitAssert(
                PATIENCE,
                () -> assertThat(registry.get("channels.http.connections")
                                .gauge()
                                .value())
                        .isZero());
        assertThat(registry.get("channels.http.cut")
                        .tag("limit", "idle-timeout")
                        .functionCounter()
                        .count())
                .isOne();
    }

    @Test
    void whereItsClientAsksForNothingMore() throws Exception {
        try (Socket socket = ask("")) {
            assertThat(socket.getInputStream().readAllBytes()).hasSizeGreaterThan(LARGE_BYTES);

            assertCutOnce();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: close\r\n"})
    void whereItsClientDoesNotReadTheAnswer(String header) throws Exception {
        try (Socket socket = ask(header)) {
            assertCutOnce();
            assertThat(socket.isClosed()).isFalse();
        }
    }

    /** The late body is refused after the first answer, which the client does not take. */
    @Test
    void whereItsClientDoesNotReadTheAnswerBeforeItsStalledBody() throws Exception {
        try (Socket socket = ask("/stream", "")) {
            socket.getOutputStream()
                    .write("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhello"
                            .getBytes(StandardCharsets.US_ASCII));

            assertCutOnce();
            assertThat(socket.isClosed()).isFalse();
        }
    }

    @Test
    void whereItsClientGoesOnSendingAndDoesNotReadTheAnswer() throws Exception {
        ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();
        try (Socket socket = ask("/stream", "Connection: close\r\n")) {
            // It ends with the connection: the next byte cannot be written.
            Future<?> unused = drip.scheduleAtFixedRate(() -> send(socket, 'x'), 200, 200, TimeUnit.MILLISECONDS);

            assertCutOnce();
        } finally {
            drip.shutdownNow();
        }
    }

    @Test
    void whereItsClientSendsOnlyEmptyLines() throws Exception {
        ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();
        try (Socket socket = ask("/small", "")) {
            AtomicInteger sent = new AtomicInteger();
            // It ends with the connection: the next byte cannot be written.
            Future<?> unused = drip.scheduleAtFixedRate(
                    () -> send(socket, sent.getAndIncrement() % 2 == 0 ? '\r' : '\n'), 200, 200, TimeUnit.MILLISECONDS);

            assertCutOnce();
        } finally {
            drip.shutdownNow();
        }
    }

    private static void send(Socket socket, char next) {
        try {
            socket.getOutputStream().write(next);
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }
}
