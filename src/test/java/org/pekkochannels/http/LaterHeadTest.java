package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How long the head of a request may take that is not its connection's first. */
@Tag("edge")
class LaterHeadTest {
    private static final String PAGE = "GET /page HTTP/1.1\r\nHost: x\r\n\r\n";

    private static final RunningApplication APPLICATION = RunningApplication.start(
            "channels.http { header-timeout = 1s, idle-timeout = 1h }",
            channels -> channels.http(LaterHeadTest::pages));

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private static Route pages(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path("page", () -> Directives.complete("a page")),
                Directives.path(
                        "echo",
                        () -> Directives.extractRequestEntity(
                                entity -> Directives.complete(chunked(entity.getDataBytes())))),
                Directives.path(
                        "upload",
                        () -> Directives.extractRequestEntity(entity -> Directives.onSuccess(
                                entity.getDataBytes().runWith(Sink.ignore(), system),
                                read -> Directives.complete(
                                        chunked(Source.single(ByteString.fromString("a page"))))))));
    }

    private static HttpResponse chunked(Source<ByteString, ?> bytes) {
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(ContentTypes.APPLICATION_OCTET_STREAM, bytes));
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void assertAnswered(Socket socket) throws IOException {
        assertThat(receive(socket, "a page")).startsWith("HTTP/1.1 200 ").endsWith("a page");
    }

    private static String receive(Socket socket, String enough) throws IOException {
        StringBuilder answer = new StringBuilder();
        for (int c = 0; c >= 0 && answer.indexOf(enough) < 0; ) {
            c = socket.getInputStream().read();
            answer.append(c < 0 ? "" : (char) c);
        }
        return answer.toString();
    }

    private static long cut() {
        return APPLICATION.server().cuts().getOrDefault("header-timeout", 0L);
    }

    private static void awaitHeaderTimeout() throws IOException {
        try (Socket silent = connect()) {
            assertThat(silent.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 408");
        }
    }

    @Test
    void isCutOffWhenItDoesNotEndAndCounted() throws Exception {
        long before = cut();
        try (Socket socket = connect()) {
            send(socket, PAGE);
            assertAnswered(socket);

            send(socket, "GET /page HTTP/1.1\r\n");

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(cut()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @MethodSource("uploads")
    void isCutOffAfterARequestAndAnAnswerThatWereStreamsBoth(String upload) throws Exception {
        try (Socket socket = connect()) {
            send(socket, upload);
            receive(socket, "a page\r\n0\r\n\r\n");

            send(socket, "GET /page HTTP/1.1\r\n");

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    static Stream<String> uploads() {
        String head = "POST /upload HTTP/1.1\r\nHost: x\r\n";
        return Stream.of(
                head + "Transfer-Encoding: chunked\r\n\r\n" + "5\r\nhello\r\n0\r\n\r\n",
                // More than one read can bring together with the head.
                head + "Content-Length: 1000000\r\n\r\n" + "x".repeat(1_000_000));
    }

    @Test
    void isNotMistakenForTheRestOfABodyThatIsAnsweredAlready() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            assertThat(receive(socket, "first")).startsWith("HTTP/1.1 200 ");
            send(socket, "6\r\nsecond\r\n");
            receive(socket, "second");

            // Twice, for how long one head takes is found out a little late.
            awaitHeaderTimeout();
            awaitHeaderTimeout();

            send(socket, "4\r\nlast\r\n0\r\n\r\n");
            assertThat(receive(socket, "last")).endsWith("last");
        }
    }

    @Test
    void mayComeInPiecesAndAfterAnyTime() throws Exception {
        try (Socket socket = connect()) {
            send(socket, PAGE);
            assertAnswered(socket);
            send(socket, PAGE.substring(0, 10));
            send(socket, PAGE.substring(10));
            assertAnswered(socket);

            // Twice, for how long one head takes is found out a little late.
            awaitHeaderTimeout();
            awaitHeaderTimeout();

            send(socket, PAGE);
            assertAnswered(socket);
        }
    }
}
