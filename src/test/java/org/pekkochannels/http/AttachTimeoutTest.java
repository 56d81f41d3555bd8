package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.Limit;
import org.pekkochannels.websocket.UpgradeRequest;

/** A 101 that does not leave in time, as the thread that would write it is held; kept by the edge's timer. */
@Tag("edge")
class AttachTimeoutTest {
    private static final String CONFIG = """
            channels.websocket.attach-timeout = 100ms
            channels.netty.loops = 1
            channels.consumer.dispatcher = default
            pekko.stream.materializer.dispatcher = sockets
            sockets { type = Dispatcher, executor = thread-pool-executor, thread-pool-executor.fixed-pool-size = 1 }
            """;
    private static final String UPGRADE = UpgradeRequest.of("/ws/");

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CompletableFuture<String> mayAccept = new CompletableFuture<>();
    private final LinkedBlockingQueue<CloseReason> ends = new LinkedBlockingQueue<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private final RunningApplication application =
            RunningApplication.start(CONFIG, channels -> channels.websocket("ws/", Late::new));

    @AfterEach
    void endsLeakFree() {
        mayGoOn.countDown();
        application.awaitNoConnections();
        application.close();
    }

    /** Accepts when it is told to. */
    private final class Late extends WebSocketConsumer {
        Late(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            CompletionStage<String> told = onTurn(mayAccept);
            asked.countDown();
            return told.thenCompose(now -> accept());
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            ends.add(reason);
            return done();
        }
    }

    private Socket upgrade() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(UPGRADE.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** The loop that has the connection, or the only thread of its stream. */
    private static String dispatcher() {
        return System.getProperty("channels.edge", "http").equals("netty") ? "channels.netty.loop-1" : "sockets";
    }

    private void holdTheConnectionsThread() throws InterruptedException {
        application
                .system()
                .dispatchers()
                .lookup(DispatcherSelector.fromConfig(dispatcher()))
                .execute(this::hold);
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private void hold() {
        held.countDown();
        try {
            mayGoOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean endsUnanswered(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void countsTheClientAsLost() throws Exception {
        try (Socket client = upgrade()) {
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            holdTheConnectionsThread();

            mayAccept.complete("now");

            assertThat(ends.poll(20, TimeUnit.SECONDS)).isEqualTo(new CloseReason(1006, "not attached in time"));
            TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
                assertThat(application.server().webSocketStats().crossed(Limit.ATTACH_TIMEOUT))
                        .isOne();
                return true;
            });
            mayGoOn.countDown();
            assertThat(endsUnanswered(client)).isTrue();
        }
    }
}
