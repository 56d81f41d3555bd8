package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.ClientDeflate;
import org.pekkochannels.websocket.Limit;
import org.pekkochannels.websocket.WireClient;

/** What waits for a busy consumer is bounded in bytes, however small it was when it came. */
@Tag("edge")
class ReadAheadTest extends TlsFixture {
    private static final int BINARY = 2;
    private static final int LARGEST = 64 * 1024;
    private static final int FRAMES = 500;
    private static final byte[] CLOSE = {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 3, (byte) 0xE8};

    private final CompletableFuture<Void> mayGoOn = new CompletableFuture<>();
    private final ConcurrentLinkedQueue<Integer> received = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<CloseReason> end = new CompletableFuture<>();

    /** Waits within its first message. */
    private final class Busy extends WebSocketConsumer {
        Busy(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(byte[] bytes) {
            received.add(bytes.length);
            return onTurn(mayGoOn);
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            end.complete(reason);
            return done();
        }
    }

    @ParameterizedTest(name = "TLS {0}")
    @ValueSource(booleans = {false, true})
    void holdsFewOfTheCompressedMessagesOfOneRead(boolean tls) throws Exception {
        String config = "channels.websocket.compression.enabled = on\n" + (tls ? certificate.keyStoreConfig() : "");
        try (RunningApplication application =
                RunningApplication.start(config, channels -> channels.websocket("ws/", Busy::new))) {
            try (WireClient client = connect(application, tls);
                    ClientDeflate deflate = new ClientDeflate()) {
                byte[] frame = deflate.message(BINARY, new byte[LARGEST], 0);
                client.send(Collections.nCopies(FRAMES, frame).toArray(byte[][]::new));
                client.send(CLOSE);
                assertFewAreHeld(application);

                mayGoOn.complete(null);
                assertThat(end.join()).isEqualTo(CloseReason.of(1000));
                assertThat(received).hasSize(FRAMES).containsOnly(LARGEST);
            }
            application.awaitNoConnections();
        }
    }

    private static WireClient connect(RunningApplication application, boolean tls) throws Exception {
        Socket socket = tls ? certificate.client().getSocketFactory().createSocket() : new Socket();
        return WireClient.connect(socket, application.port(), "/ws/", Optional.of("permessage-deflate"));
    }

    /** The first is handled, the second alone is more than may wait. */
    private void assertFewAreHeld(RunningApplication application) {
        TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
            assertThat(application.server().webSocketStats().crossed(Limit.READ_AHEAD))
                    .isPositive();
            assertThat(received).hasSize(1);
            return true;
        });
        assertThat(application.server().webSocketStats().messagesIn()).isLessThanOrEqualTo(4);
    }
}
