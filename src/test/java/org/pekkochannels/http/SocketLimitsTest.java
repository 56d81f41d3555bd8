package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.Limit;
import org.pekkochannels.websocket.UpgradeRequest;

/** The limits that a peer crosses by doing nothing, kept by the edge's timer over real sockets. */
@Tag("edge")
class SocketLimitsTest {
    private static final LinkedBlockingQueue<CloseReason> ENDS = new LinkedBlockingQueue<>();
    private static final LinkedBlockingQueue<Thread> STUCK = new LinkedBlockingQueue<>();

    private final RunningApplication application = RunningApplication.start(
            """
            channels.websocket {
              ping-interval = 300ms, pong-timeout = 3s, write-timeout = 600ms, close-timeout = 300ms
              max-outbound-bytes = 1 GiB
            }
            channels.consumer.disconnect-timeout = 300ms
            """, channels -> channels.websocket("ws/", Flood::new).websocket("stuck/", Stuck::new));

    @AfterEach
    void endsLeakFree() {
        application.awaitNoConnections();
        application.close();
    }

    /** Sends as much as it is asked for. */
    private static final class Flood extends WebSocketConsumer {
        Flood(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            int bytes = scope().queryParameter("bytes").map(Integer::valueOf).orElse(0);
            return accept().thenCompose(accepted -> bytes == 0 ? done() : send(new byte[bytes]));
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            ENDS.add(reason);
            return done();
        }
    }

    /** Never done with its first message. */
    private static final class Stuck extends WebSocketConsumer {
        Stuck(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(byte[] bytes) {
            STUCK.add(Thread.currentThread());
            return new CompletableFuture<>();
        }
    }

    private Socket connect(String query) throws IOException {
        return open("/ws/" + query);
    }

    private Socket open(String path) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(UpgradeRequest.of(path).getBytes(StandardCharsets.US_ASCII));
        InputStream input = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) input.read());
        }
        return socket;
    }

    private static CloseReason end() throws InterruptedException {
        return Objects.requireNonNull(ENDS.poll(20, TimeUnit.SECONDS), "nothing has ended");
    }

    @Test
    void pingsAndAbortsAPeerThatIsSilent() throws Exception {
        try (Socket silent = connect("")) {
            assertThat(silent.getInputStream().readNBytes(2)).containsExactly(0x89, 0);
            assertThat(end()).isEqualTo(new CloseReason(1006, "ping timeout"));
        }
    }

    @Test
    void keepsAPeerThatAnswers() throws Exception {
        try (Socket alive = connect("")) {
            for (int i = 0; i < 3; i++) {
                assertThat(alive.getInputStream().readNBytes(2)).containsExactly(0x89, 0);
                alive.getOutputStream().write(new byte[] {(byte) 0x8A, (byte) 0x80, 1, 2, 3, 4});
            }
            assertThat(ENDS).isEmpty();
        }
        assertThat(end().code()).isEqualTo(1006);
    }

    /** Nothing of it is read any more when it leaves: only what is written to it can tell. */
    @Test
    void noticesAResetWhileAStageThatNeverCompletesHoldsReadAhead() throws Exception {
        try (Socket rude = open("/stuck/")) {
            // Taken before the others are sent: a turn that starts amid them resumes reading, and it pauses twice.
            rude.getOutputStream().write(binary(30_000));
            assertThat(STUCK.poll(20, TimeUnit.SECONDS)).isNotNull();
            for (int i = 0; i < 10; i++) {
                rude.getOutputStream().write(binary(30_000));
            }
            awaitPauses(1);
            rude.setSoLinger(true, 0);
        }

        application.awaitNoConnections();
        assertThat(application.server().webSocketStats().closed(1006)).isEqualTo(1);
    }

    /** A frame whose masking key is zero. */
    private static byte[] binary(int length) {
        return ByteBuffer.allocate(8 + length)
                .putShort((short) 0x82FE)
                .putShort((short) length)
                .array();
    }

    private void awaitPauses(int count) {
        TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
            assertThat(application.server().webSocketStats().crossed(Limit.READ_AHEAD))
                    .isEqualTo(count);
            return true;
        });
    }

    @Test
    void abortsAPeerThatReadsNothing() throws Exception {
        try (Socket unread = connect("?bytes=33554432")) {
            assertThat(end()).isEqualTo(new CloseReason(1013, "write stalled"));
            assertThat(unread.isClosed()).isFalse();
        }
    }

    /** It hears nothing more of its end, but what was written may still leave; for a while. */
    @Test
    void abortsAPeerThatHasEndedItsSideAndReadsNothing() throws Exception {
        try (Socket unread = connect("?bytes=33554432")) {
            unread.shutdownOutput();

            assertThat(end()).isEqualTo(CloseReason.LOST);
            application.awaitNoConnections();
            assertThat(unread.isClosed()).isFalse();
        }
    }
}
