package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.unmarshalling.StringUnmarshallers;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain HTTP beside the WebSockets: large, slow, half closed, and left alone. */
@Tag("edge")
class PlainHttpTest {
    /** More than all buffers between a client and a server that does not read can hold. */
    private static final int FLOOD_BYTES = 64 * 1024 * 1024;

    private static final int LARGE_BYTES = 16 * 1024 * 1024;
    private static final int PIECE_BYTES = 64 * 1024;

    private final CompletableFuture<Done> mayRead = new CompletableFuture<>();
    private final CompletableFuture<Done> endlessEnded = new CompletableFuture<>();
    private final RunningApplication application =
            RunningApplication.start("channels.http.header-timeout = 3s", channels -> channels.http(this::pages));

    @AfterEach
    void stop() {
        application.close();
    }

    private Route pages(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path("large", () -> Directives.parameter(StringUnmarshallers.INTEGER, "bytes", this::zeros)),
                Directives.path("endless", () -> Directives.complete(endless())),
                Directives.path("unread", () -> Directives.complete("not wanted")),
                Directives.path(
                        "upload",
                        () -> Directives.withoutSizeLimit(() ->
                                Directives.extractRequestEntity(entity -> Directives.onSuccess(
                                        count(entity, system), sum -> Directives.complete("got " + sum))))));
    }

    private Route zeros(int bytes) {
        return Directives.complete(HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, new byte[bytes]));
    }

    private CompletionStage<Long> count(HttpEntity entity, ActorSystem<?> system) {
        return entity.getDataBytes()
                .mapAsync(1, bytes -> mayRead.thenApply(now -> bytes))
                .runWith(Sink.fold(0L, (sum, bytes) -> sum + bytes.size()), system);
    }

    private HttpResponse endless() {
        Source<ByteString, NotUsed> bytes = Source.repeat(ByteString.fromArray(new byte[PIECE_BYTES]))
                .watchTermination(Keep.right())
                .mapMaterializedValue(ended -> {
                    ended.whenComplete((done, failure) -> endlessEnded.complete(Done.getInstance()));
                    return NotUsed.getInstance();
                });
        return HttpResponse.create()
                .withEntity(HttpEntities.createCloseDelimited(ContentTypes.APPLICATION_OCTET_STREAM, bytes));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        // Small, so that what is not read waits at the server.
        socket.setReceiveBufferSize(PIECE_BYTES);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), application.port()));
        return socket;
    }

    private static void send(Socket socket, String lines) throws IOException {
        socket.getOutputStream().write(lines.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void send(Socket socket, int bytes) {
        try {
            byte[] piece = new byte[PIECE_BYTES];
            for (int sent = 0; sent < bytes; sent += piece.length) {
                socket.getOutputStream().write(piece);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void upload(Socket socket, String path, int bytes) throws IOException {
        send(socket, "POST " + path + " HTTP/1.1|Host: x|Connection: close|Content-Length: " + bytes + "||");
    }

    private static String head(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        for (int c = 0; c >= 0 && head.indexOf("\r\n\r\n") < 0; ) {
            c = in.read();
            head.append(c < 0 ? "" : (char) c);
        }
        return head.toString();
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void answersOneRequestAfterTheOther() throws Exception {
        try (Socket socket = connect()) {
            for (int i = 0; i < 3; i++) {
                send(socket, "GET /large?bytes=" + LARGE_BYTES + " HTTP/1.1|Host: x||");

                assertThat(head(socket)).startsWith("HTTP/1.1 200 ");
                assertThat(socket.getInputStream().readNBytes(LARGE_BYTES)).hasSize(LARGE_BYTES);
            }
        }
    }

    /** The system's buffers hold the smaller answer, so that all has been written long before it is read. */
    @ParameterizedTest
    @ValueSource(ints = {256 * 1024, LARGE_BYTES})
    void sendsTheWholeAnswerToAClientThatReadsItLate(int bytes) throws Exception {
        try (Socket socket = connect()) {
            send(socket, "GET /large?bytes=" + bytes + " HTTP/1.1|Host: x|Connection: close||");
            assertThat(head(socket)).startsWith("HTTP/1.1 200 ");

            // Later than an ended connection is listened to: a client that says nothing is cut off after 3 s.
            try (Socket silent = connect()) {
                assertThat(head(silent)).startsWith("HTTP/1.1 408 ");
            }

            assertThat(socket.getInputStream().readAllBytes()).hasSize(bytes);
        }
    }

    @Test
    void readsAnUploadNoFasterThanItIsUsed() throws Exception {
        try (Socket socket = connect()) {
            upload(socket, "/upload", FLOOD_BYTES);
            CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> send(socket, FLOOD_BYTES));

            // So much passes in less than a second, if anything passes.
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> flood.get(1, TimeUnit.SECONDS));
            mayRead.complete(Done.getInstance());

            flood.get(20, TimeUnit.SECONDS);
            assertThat(rest(socket)).startsWith("HTTP/1.1 200 ").endsWith("got " + FLOOD_BYTES);
        }
    }

    @Test
    void answersAnUploadWhoseClientHasEndedItsSide() throws Exception {
        mayRead.complete(Done.getInstance());
        try (Socket socket = connect()) {
            upload(socket, "/upload", LARGE_BYTES);
            send(socket, LARGE_BYTES);
            socket.shutdownOutput();

            assertThat(rest(socket)).startsWith("HTTP/1.1 200 ").endsWith("got " + LARGE_BYTES);
        }
    }

    @Test
    void hearsOutAClientWhoseUploadNobodyReads() throws Exception {
        try (Socket socket = connect()) {
            upload(socket, "/unread", LARGE_BYTES);
            send(socket, LARGE_BYTES);

            assertThat(rest(socket)).startsWith("HTTP/1.1 200 ").endsWith("not wanted");
        }
    }

    @Test
    void sendsTheWholeAnswerDuringAnUploadThatNobodyReads() throws Exception {
        try (Socket socket = connect()) {
            upload(socket, "/large?bytes=" + LARGE_BYTES, LARGE_BYTES);
            CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> send(socket, LARGE_BYTES));

            assertThat(head(socket)).startsWith("HTTP/1.1 200 ");
            assertThat(socket.getInputStream().readAllBytes()).hasSize(LARGE_BYTES);
            upload.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void sendsTheWholeAnswerToAClientThatReadsItAfterItsUpload() throws Exception {
        try (Socket socket = connect()) {
            upload(socket, "/large?bytes=" + LARGE_BYTES, LARGE_BYTES);
            CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> send(socket, LARGE_BYTES));
            assertThat(upload).as("the upload").succeedsWithin(Duration.ofSeconds(20));

            assertThat(head(socket)).startsWith("HTTP/1.1 200 ");
            assertThat(socket.getInputStream().readAllBytes()).hasSize(LARGE_BYTES);
        }
    }

    @Test
    void endsAnAnswerWhoseClientHasLeft() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "GET /endless HTTP/1.1|Host: x||");
            assertThat(head(socket)).startsWith("HTTP/1.1 200 ");
            socket.setSoLinger(true, 0);
        }

        endlessEnded.get(20, TimeUnit.SECONDS);
    }
}
