package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.UpgradeRequest;

/** A client that sends faster than its consumer works, and leaves when it has sent all. */
@Tag("edge")
class LastMessagesTest extends TlsFixture {
    private static final int MESSAGES = 250;
    private static final int MESSAGE_BYTES = 1_000;
    private static final byte[] CLOSE = {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, (byte) (4005 >> 8), (byte) (4005 & 0xFF)
    };

    private final LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();

    private final class Slow extends WebSocketConsumer {
        private int handled;

        Slow(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            handled++;
            return onTurn(CompletableFuture.completedFuture(text)
                    .thenApplyAsync(later -> later, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS)));
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            ends.add(handled + " handled, " + reason.code());
            return done();
        }
    }

    private static byte[] conversation() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < MESSAGES; i++) {
            bytes.writeBytes(
                    new byte[] {(byte) 0x81, (byte) 0xFE, MESSAGE_BYTES >> 8, (byte) (MESSAGE_BYTES & 0xFF), 0, 0, 0, 0
                    });
            bytes.writeBytes("x".repeat(MESSAGE_BYTES).getBytes(StandardCharsets.US_ASCII));
        }
        bytes.writeBytes(CLOSE);
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "TLSv1.3", "TLSv1.2"})
    void areHandledAndThenItsCloseFrame(String protocol) throws Exception {
        boolean plain = protocol.equals("plain");
        try (RunningApplication application = RunningApplication.start(
                plain ? "" : certificate.keyStoreConfig(), channels -> channels.websocket("ws/", Slow::new))) {
            for (int i = 0; i < 3; i++) {
                try (Socket tcp = tcp(application);
                        Socket socket = plain ? tcp : secure(tcp, certificate.client(), protocol)) {
                    leave(socket);

                    assertThat(ends.poll(20, TimeUnit.SECONDS)).isEqualTo(MESSAGES + " handled, 4005");
                }
            }
            application.awaitNoConnections();
        }
    }

    private static void leave(Socket socket) throws IOException {
        socket.getOutputStream().write(UpgradeRequest.of("/ws/").getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        socket.getOutputStream().write(conversation());
        socket.shutdownOutput();
    }
}
