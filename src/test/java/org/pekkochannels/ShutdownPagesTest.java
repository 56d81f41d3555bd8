package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.unmarshalling.Unmarshaller;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** Promise 14 for pages: who has asked is answered in full, who has not is not waited for. */
@Tag("edge")
class ShutdownPagesTest {
    private static final String QUICK = "GET /quick HTTP/1.1|Host: x||";
    private static final String SLOW = "GET /slow HTTP/1.1|Host: x||";
    private static final String STREAMED = "GET /streamed HTTP/1.1|Host: x||";
    private static final String UPGRADE = "GET /ws/busy/ HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket|"
            + "Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==||";
    private static final String UPLOAD = "POST /length HTTP/1.1|Host: x|Content-Length: 6|Expect: 100-continue||";

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CompletableFuture<String> page = new CompletableFuture<>();
    private final CompletableFuture<Done> mayGo = new CompletableFuture<>();

    /** An application with pages, and with a consumer that takes its time. */
    private RunningApplication start(String config) {
        return RunningApplication.start(
                config,
                channels -> channels.http(this::pages).websocket("ws/busy/", context -> new WebSocketConsumer(context) {
                    @Override
                    protected CompletionStage<?> receive(String text) {
                        asked.countDown();
                        return mayGo.thenCompose(go -> send("answer"));
                    }
                }));
    }

    private Route pages(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path("quick", () -> Directives.complete("quick")),
                Directives.path("slow", this::slow),
                Directives.path("streamed", this::streamed),
                Directives.path(
                        "length",
                        () -> Directives.entity(
                                Unmarshaller.entityToString(),
                                text -> Directives.complete("length " + text.length()))));
    }

    private Route slow() {
        asked.countDown();
        return Directives.onSuccess(page, Directives::complete);
    }

    private Route streamed() {
        Source<ByteString, NotUsed> body = Source.single(ByteString.fromString("first part, "))
                .concat(Source.completionStage(page).map(ByteString::fromString));
        return Directives.complete(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, body));
    }

    private static Socket connect(RunningApplication application) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String readUntil(Socket socket, String end) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("next byte after '%s'", answer).isNotNegative();
            answer.append((char) next);
        }
        return answer.toString();
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    /** Stops the server, and returns when it takes no more pages: a connection that rests has been ended then. */
    private static CompletionStage<Done> stop(RunningApplication application) throws IOException {
        try (Socket resting = connect(application)) {
            send(resting, QUICK);
            readUntil(resting, "quick");
            CompletionStage<Done> stopped = application.server().stop();
            assertThat(rest(resting)).isEmpty();
            return stopped;
        }
    }

    private static void awaitStopped(CompletionStage<Done> stopped) throws Exception {
        stopped.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void answersThePageThatIsBeingMade() throws Exception {
        RunningApplication application = start("");
        CompletionStage<Done> stopped;
        try (Socket client = connect(application)) {
            send(client, SLOW);
            assertThat(asked.await(20, TimeUnit.SECONDS)).as("asked").isTrue();

            stopped = stop(application);
            assertThat(stopped.toCompletableFuture()).isNotDone();
            page.complete("slow");

            assertThat(rest(client)).startsWith("HTTP/1.1 200 OK").endsWith("slow");
        }
        awaitStopped(stopped);
    }

    @Test
    void endsThePageThatIsBeingSent() throws Exception {
        RunningApplication application = start("");
        CompletionStage<Done> stopped;
        try (Socket client = connect(application)) {
            send(client, STREAMED);
            readUntil(client, "first part, ");

            stopped = stop(application);
            page.complete("second part");

            assertThat(rest(client)).contains("second part").endsWith("|0||".replace("|", "\r\n"));
        }
        awaitStopped(stopped);
    }

    @Test
    void readsTheRequestToItsEnd() throws Exception {
        RunningApplication application = start("");
        CompletionStage<Done> stopped;
        try (Socket client = connect(application)) {
            send(client, UPLOAD + "abc");
            readUntil(client, "100 Continue");

            stopped = stop(application);
            send(client, "def");

            assertThat(rest(client)).endsWith("length 6");
        }
        awaitStopped(stopped);
    }

    @Test
    void answers503ToWhoAsksWhenOnlyAnswersAreWaitedFor() throws Exception {
        RunningApplication application = start("");
        CompletionStage<Done> stopped;
        try (Socket slow = connect(application);
                Socket late = connect(application)) {
            send(slow, SLOW);
            assertThat(asked.await(20, TimeUnit.SECONDS)).as("asked").isTrue();
            stopped = stop(application);
            send(late, QUICK);

            assertThat(rest(late)).startsWith("HTTP/1.1 503 ");
            page.complete("slow");
            assertThat(rest(slow)).endsWith("slow");
        }
        awaitStopped(stopped);
    }

    @Test
    void goesOnServingUntilTheLastWebSocketHasEnded() throws Exception {
        RunningApplication application = start("");
        CompletionStage<Done> stopped;
        // Before the others, so that it has been accepted when they have: what the kernel still holds at unbinding is
        // reset.
        try (Socket client = connect(application)) {
            JdkClient busy = JdkClient.connect(application.ws("/ws/busy/"));
            JdkClient idle = JdkClient.connect(application.ws("/ws/busy/"));
            busy.send("work");
            assertThat(asked.await(20, TimeUnit.SECONDS)).as("asked").isTrue();
            stopped = application.server().stop();
            assertThat(((JdkClient.Closed) idle.next()).code()).isEqualTo(1012);

            send(client, QUICK);
            assertThat(readUntil(client, "quick")).startsWith("HTTP/1.1 200 ");
            mayGo.complete(Done.getInstance());
            assertThat(busy.next()).isEqualTo("answer");
            assertThat(rest(client)).isEmpty();
        }
        awaitStopped(stopped);
    }

    @Test
    void saysGoodByeToAWebSocketThatBeganAsALaterRequest() throws Exception {
        RunningApplication application = start("");
        CompletionStage<Done> stopped;
        try (Socket client = connect(application)) {
            send(client, QUICK);
            readUntil(client, "quick");
            send(client, UPGRADE);
            assertThat(readUntil(client, "||".replace("|", "\r\n"))).startsWith("HTTP/1.1 101 ");
            // A text frame of one byte, masked with nought.
            client.getOutputStream().write(new byte[] {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 120});
            assertThat(asked.await(20, TimeUnit.SECONDS)).as("asked").isTrue();

            stopped = application.server().stop();
            mayGo.complete(Done.getInstance());

            readUntil(client, "answer");
            assertThat(client.getInputStream().readNBytes(4)).startsWith(0x88).endsWith(1012 >> 8, 1012 & 0xFF);
        }
        awaitStopped(stopped);
    }

    @Test
    void cutsThePageThatDoesNotEndWithinTheGrace() throws Exception {
        RunningApplication application = start("channels.http.shutdown-grace = 300ms");
        try (Socket client = connect(application);
                RecordedLog warnings = new RecordedLog("org.pekkochannels.edge.Gateway")) {
            send(client, STREAMED);
            readUntil(client, "first part, ");

            awaitStopped(application.server().stop());

            assertThat(
                            warnings.soFar(
                                    "connections that did not end within 300ms and were cut off (channels.http.shutdown-grace): 1"))
                    .hasSize(1);
            assertThat(application.server().cuts()).containsExactly(entry("shutdown-grace", 1L));
        }
    }
}
