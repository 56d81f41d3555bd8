package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.websocket.UpgradeRequest;

/** A client goes on sending after its close frame, as it may where that and its messages come from two threads. */
@Tag("edge")
class AfterCloseFrameTest extends TlsFixture {
    private static final byte[] CLOSE = {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 1000 >> 8, (byte) (1000 & 0xFF)};
    private static final byte[] CLOSE_ANSWER = {(byte) 0x88, 2, 1000 >> 8, (byte) (1000 & 0xFF)};
    private static final int FRAME_BYTES = 8 + 60_000;
    // A connection that its client does not end is cut after so long.
    private static final String NEVER = "1m";

    private static RunningApplication running(boolean secure, String closeTimeout) {
        return start("channels.websocket.close-timeout = " + closeTimeout + "\n"
                + (secure ? certificate.keyStoreConfig() : ""));
    }

    private static Socket open(Socket tcp, boolean secure) throws Exception {
        tcp.setSoTimeout(20_000);
        Socket socket = secure ? secure(tcp, certificate.client()) : tcp;
        socket.getOutputStream().write(UpgradeRequest.of("/ws/").getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        return socket;
    }

    /** A close frame, and so many frames of text after it. */
    private static byte[] closeThenFrames(int count) {
        ByteBuffer bytes =
                ByteBuffer.allocate(CLOSE.length + count * FRAME_BYTES).put(CLOSE);
        for (int i = 0; i < count; i++) {
            int start = bytes.position();
            bytes.putShort((short) 0x81FE).putShort((short) (FRAME_BYTES - 8)).position(start + FRAME_BYTES);
        }
        return bytes.array();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsTheCloseFrameAndTheEndAndNoReset(boolean secure) throws Exception {
        try (RunningApplication application = running(secure, NEVER)) {
            for (int i = 0; i < 10; i++) {
                try (Socket tcp = tcp(application);
                        Socket socket = open(tcp, secure)) {
                    socket.getOutputStream().write(closeThenFrames(10));

                    InputStream input = socket.getInputStream();
                    assertThat(input.readNBytes(CLOSE_ANSWER.length)).containsExactly(CLOSE_ANSWER);
                    assertThat(input.read()).isEqualTo(-1);
                }
            }
            application.awaitNoConnections();
            assertThat(application.server().webSocketStats().closed(1000)).isEqualTo(10);
        }
    }

    @Test
    void countsWhatComesInTheSameReadBeforeIt() throws Exception {
        byte[] emptyTextAndClose = ByteBuffer.allocate(6 + CLOSE.length)
                .put(new byte[] {(byte) 0x81, (byte) 0x80, 0, 0, 0, 0})
                .put(CLOSE)
                .array();
        try (RunningApplication application = running(false, NEVER)) {
            try (Socket tcp = tcp(application);
                    Socket socket = open(tcp, false)) {
                socket.getOutputStream().write(emptyTextAndClose);
                socket.getInputStream().readAllBytes();
            }

            application.awaitNoConnections();
            assertThat(application.server().webSocketStats().messagesIn()).isOne();
            assertThat(application.server().webSocketStats().bytesIn()).isEqualTo(emptyTextAndClose.length);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isCutWhenItGoesOnAndOn(boolean secure) throws Exception {
        // Under TLS on the http edge, what comes after our end is discarded before it could be counted.
        try (RunningApplication application = running(secure, secure ? "1s" : NEVER);
                Socket tcp = tcp(application);
                Socket socket = open(tcp, secure)) {
            sendUntilCut(socket);

            application.awaitNoConnections();
        }
    }

    private static void sendUntilCut(Socket socket) {
        byte[] much = closeThenFrames(10);
        try {
            while (true) {
                socket.getOutputStream().write(much);
            }
        } catch (IOException cut) {
            assertThat(cut).isNotNull();
        }
    }
}
