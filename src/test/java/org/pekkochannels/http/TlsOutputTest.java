package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.websocket.UpgradeRequest;

/** What may wait for a client is the same behind TLS as without. */
@Tag("edge")
class TlsOutputTest extends TlsFixture {
    private static final int HALF = 400 * 1024;
    private static final String UPGRADE = UpgradeRequest.of("/ws/");

    /** Sends two large messages, in two turns that follow each other at once. */
    private static final class Twice extends WebSocketConsumer {
        private final Group self = group("twice");

        Twice(ConsumerContext context) {
            super(context);
            on("half", String.class, half -> send(new byte[HALF]));
        }

        @Override
        protected CompletionStage<?> connect() {
            return self.add()
                    .thenCompose(joined -> accept())
                    .thenCompose(accepted -> self.send("half", ""))
                    .thenCompose(first -> self.send("half", ""));
        }
    }

    @Test
    void sendsAllThatMayWaitToAClientThatReads() throws Exception {
        try (RunningApplication application = RunningApplication.start(
                        certificate.keyStoreConfig(), channels -> channels.websocket("ws/", Twice::new));
                SSLSocket client = secure(tcp(application), certificate.client())) {
            OutputStream output = client.getOutputStream();
            output.write(UPGRADE.getBytes(StandardCharsets.US_ASCII));
            output.flush();
            DataInputStream input = new DataInputStream(client.getInputStream());
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) input.readByte());
            }

            assertThat(head).startsWith("HTTP/1.1 101 ");
            for (int i = 0; i < 2; i++) {
                assertThat(input.readUnsignedByte()).isEqualTo(0x82);
                assertThat(input.readUnsignedByte()).isEqualTo(127);
                assertThat(input.readLong()).isEqualTo(HALF);
                input.readFully(new byte[HALF]);
            }
        }
    }
}
