package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.UpgradeRequest;

/** The limits that a peer crosses by doing nothing, kept by the edge's timer over real sockets. */
@Tag("edge")
class SocketLimitsTest {
    private static final LinkedBlockingQueue<CloseReason> ENDS = new LinkedBlockingQueue<>();

    private final RunningApplication application =
            RunningApplication.start("""
            channels.websocket {
              ping-interval = 300ms, pong-timeout = 1s, write-timeout = 600ms, close-timeout = 300ms
              max-outbound-bytes = 1 GiB
            }
            """, channels -> channels.websocket("ws/", Flood::new));

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

    private Socket connect(String query) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(UpgradeRequest.of("/ws/" + query).getBytes(StandardCharsets.US_ASCII));
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
