package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.UpgradeRequest;

/** Promise 14: what is running may end, everybody is told, the database goes last. */
@Tag("edge")
class ShutdownTest {
    private static final String READY = "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String ALIVE = "GET /alive HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String UPGRADE = UpgradeRequest.of("/ws/job/");

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final CountDownLatch working = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    private class Worker extends WebSocketConsumer {
        Worker(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .useHandle(handle -> {
                        working.countDown();
                        mayEnd.await();
                    })
                    .thenCompose(done -> send("answer"));
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            return database()
                    .withHandle(handle ->
                            handle.createQuery("select 1").mapTo(int.class).one())
                    .thenAccept(one -> log.add("disconnect " + reason.code()));
        }
    }

    /** Says good-bye without the database, which has ended with its work. */
    private final class Stuck extends Worker {
        Stuck(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            log.add("disconnect " + reason.code());
            return done();
        }
    }

    private final class Undecided extends Worker {
        Undecided(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            working.countDown();
            return new CompletableFuture<>();
        }
    }

    private RunningApplication start(String config) {
        return RunningApplication.start(
                config,
                channels -> channels.websocket("ws/job/", Worker::new)
                        .websocket("ws/stuck/", Stuck::new)
                        .websocket("ws/never/", Undecided::new));
    }

    private static JdkClient idle(RunningApplication application) {
        return JdkClient.connect(application.ws("/ws/job/"));
    }

    /** A client whose consumer has begun to handle a message, for which it needs {@link #mayEnd}. */
    private JdkClient busy(RunningApplication application, String path) throws InterruptedException {
        JdkClient client = JdkClient.connect(application.ws(path)).send("work");
        assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
        return client;
    }

    private static void awaitStopped(CompletionStage<Done> stopped) throws Exception {
        stopped.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** Sends a request, and reads until the answer ends as it is expected to. */
    private static String answer(Socket socket, String request, String end) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        DataInputStream input = new DataInputStream(socket.getInputStream());
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith(end)) {
            answer.append((char) input.readUnsignedByte());
        }
        return answer.toString();
    }

    /** The status line that a connection of its own is answered with. */
    private static String newConnection(RunningApplication application, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            socket.setSoTimeout(20_000);
            return answer(socket, request, "\r\n").strip();
        }
    }

    @ParameterizedTest
    @CsvSource({"1012, ''", "1012, channels.http.shutdown-code = 1012", "1001, channels.http.shutdown-code = 1001"})
    void answersTheRunningMessageThenSaysTheShutdownCodeToEverybody(int code, String config) throws Exception {
        RunningApplication application = start(config);
        JdkClient idle = idle(application);
        JdkClient busy = busy(application, "/ws/job/");

        CompletionStage<Done> stopped = application.server().stop();
        assertThat(((JdkClient.Closed) idle.next()).code()).isEqualTo(code);
        mayEnd.countDown();

        assertThat(busy.next()).isEqualTo("answer");
        assertThat(((JdkClient.Closed) busy.next()).code()).isEqualTo(code);
        awaitStopped(stopped);
        assertThat(log).containsExactly("disconnect " + code, "disconnect " + code);
    }

    @Test
    void takesNoNewConnectionsWhileItStops() throws Exception {
        RunningApplication application = start("");
        JdkClient idle = idle(application);
        JdkClient unused = busy(application, "/ws/job/");

        CompletionStage<Done> stopped = application.server().stop();
        idle.next();

        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), application.port()))
                .isInstanceOf(ConnectException.class);
        mayEnd.countDown();
        awaitStopped(stopped);
    }

    @ParameterizedTest
    @ValueSource(strings = {"drain-delay", "shutdown-grace"})
    void namesTheBoundsOfATimeThatIsNone(String key) {
        assertThatThrownBy(() -> start("channels.http." + key + " = soon"))
                .hasMessageContaining("'channels.http." + key + "': must be a length of time (250ms, 10s, 5m) from ")
                .hasMessageEndingWith("was 'soon'");
    }

    @Test
    void servesOnForTheDrainDelayAfterItHasSaidThatItIsNotReady() throws Exception {
        RunningApplication application = start("channels.http.drain-delay = 3s");
        assertThat(newConnection(application, READY)).isEqualTo("HTTP/1.1 200 OK");

        CompletionStage<Done> stopped = application.server().stop();

        String ready = newConnection(application, READY);
        while (ready.startsWith("HTTP/1.1 200 ")) {
            ready = newConnection(application, READY);
        }
        assertThat(ready).startsWith("HTTP/1.1 503 ");
        assertThat(newConnection(application, ALIVE)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(newConnection(application, UPGRADE)).startsWith("HTTP/1.1 101 ");
        awaitStopped(stopped);
        assertThatThrownBy(() -> newConnection(application, ALIVE)).isInstanceOf(ConnectException.class);
    }

    @Test
    void refusesAnUpgradeOnAConnectionThatWasThereBefore() throws Exception {
        RunningApplication application = start("");
        JdkClient idle = idle(application);
        JdkClient unused = busy(application, "/ws/job/");
        CompletionStage<Done> stopped;
        try (Socket before = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            before.setSoTimeout(20_000);
            assertThat(answer(before, READY, "ready")).startsWith("HTTP/1.1 200 ");
            stopped = application.server().stop();
            idle.next();

            assertThat(answer(before, UPGRADE, "\r\n")).startsWith("HTTP/1.1 503 ");
        }
        mayEnd.countDown();
        awaitStopped(stopped);
    }

    @Test
    void tellsEverybodyBatchByBatchWhoeverIsStuck() throws Exception {
        RunningApplication application = start("channels.http.shutdown-batch = 1");
        List<JdkClient> idle = Stream.generate(() -> idle(application)).limit(5).toList();
        JdkClient busy = busy(application, "/ws/job/");

        CompletionStage<Done> stopped = application.server().stop();

        assertThat(idle)
                .allSatisfy(client ->
                        assertThat(((JdkClient.Closed) client.next()).code()).isEqualTo(1012));
        mayEnd.countDown();
        assertThat(busy.next()).isEqualTo("answer");
        awaitStopped(stopped);
    }

    @Test
    void tellsEverybodyWithinTheGraceHoweverSmallTheBatch() throws Exception {
        RunningApplication application = start("channels.http { shutdown-batch = 1, shutdown-grace = 8s }");
        // One in 50 ms would take ten seconds.
        List<JdkClient> idle =
                Stream.generate(() -> idle(application)).limit(200).toList();

        awaitStopped(application.server().stop());

        assertThat(idle)
                .allSatisfy(client ->
                        assertThat(((JdkClient.Closed) client.next()).code()).isEqualTo(1012));
    }

    @Test
    void countsNoneAsCutThatWasAnsweredInsteadOfAccepted() throws Exception {
        RunningApplication application = start("channels.http.shutdown-grace = 4s");
        try (Socket waiting = new Socket(InetAddress.getLoopbackAddress(), application.port());
                RecordedLog warnings = new RecordedLog("org.pekkochannels.edge.Gateway")) {
            waiting.setSoTimeout(20_000);
            waiting.getOutputStream().write(UpgradeRequest.of("/ws/never/").getBytes(StandardCharsets.US_ASCII));
            assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();

            CompletionStage<Done> stopped = application.server().stop();

            assertThat(answer(waiting, "", "\r\n")).startsWith("HTTP/1.1 503");
            awaitStopped(stopped);
            assertThat(warnings.soFar("and were cut")).isEmpty();
        }
        assertThat(application.server().cuts()).isEmpty();
    }

    @Test
    void cutsWhatDoesNotEndWithinTheGrace() throws Exception {
        RunningApplication application =
                start("channels.http.shutdown-grace = 300ms, channels.database.stop-timeout = 0s");
        JdkClient stuck = busy(application, "/ws/stuck/");

        try (RecordedLog warnings = new RecordedLog("org.pekkochannels.edge.Gateway")) {
            awaitStopped(application.server().stop());

            assertThat(
                            warnings.soFar(
                                    "connections that did not end within 300ms and were cut off (channels.http.shutdown-grace): 1"))
                    .hasSize(1);
        }
        assertThat(application.server().cuts()).containsExactly(entry("shutdown-grace", 1L));
        assertThat(((JdkClient.Closed) stuck.next()).code()).isIn(1001, 1012, 1006);
        // 1001 from the end of its actor, unless its work has lost its connection before.
        assertThat(log).singleElement(STRING).matches("disconnect (1001|1012|1006|1011)");
        mayEnd.countDown();
    }
}
