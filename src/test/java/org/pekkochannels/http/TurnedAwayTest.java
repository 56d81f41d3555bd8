package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients that are too many are told so, but only so many at once: who does not take the answer holds no more sockets. */
@Tag("edge")
class TurnedAwayTest extends TlsFixture {
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final String BOUND = "max-connections";
    private static final int MOST = 256;
    private static final int AT_A_TIME = 32;

    private final RunningApplication application =
            start(certificate.keyStoreConfig() + "channels.http { max-connections = 1, header-timeout = 1h }");
    private final List<Socket> silent = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : silent) {
            socket.close();
        }
        application.close();
    }

    /**
     * As they do not even begin TLS's handshake, their answers wait for them. The http edge waits for seconds only: on a busy
     * machine, the first may have been cut before the last come, and more are needed.
     */
    private void turnAwayAsManyAsMayBe() throws IOException {
        while (refused() < MOST || !application.server().cuts().containsKey(BOUND)) {
            for (int i = 0; i < AT_A_TIME; i++) {
                silent.add(tcp(application));
            }
            TestProbe.create(application.system())
                    .awaitAssert(PATIENCE, () -> assertThat(refused() + cut()).isEqualTo(silent.size()));
        }
    }

    private long refused() {
        return application.server().refusals().getOrDefault(503, 0L);
    }

    private long cut() {
        return application.server().cuts().getOrDefault(BOUND, 0L);
    }

    /** What one more client hears: nothing, if it is cut. */
    private String answer() {
        try (Socket tcp = tcp(application);
                SSLSocket socket = secure(tcp, certificate.client())) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (Exception cut) {
            return "";
        }
    }

    @Test
    void areCutAtOnceWhereManyDoNotTakeTheirAnswer() throws Exception {
        try (Socket tcp = tcp(application);
                SSLSocket served = secure(tcp, certificate.client())) {
            served.startHandshake();
            for (int i = 0; i < AT_A_TIME; i++) {
                silent.add(tcp(application));
            }
            TestProbe.create(application.system())
                    .awaitAssert(PATIENCE, () -> assertThat(refused()).isEqualTo(AT_A_TIME));
            assertThat(application.server().cuts()).doesNotContainKey(BOUND);

            turnAwayAsManyAsMayBe();

            // Each is counted once: as one that was answered, or as one that was cut.
            assertThat(refused()).isGreaterThanOrEqualTo(MOST);
            assertThat(refused() + cut()).isEqualTo(silent.size());
            assertThat(application.server().refusals()).containsOnlyKeys(503);
            long before = cut();
            assertThat(answer().isEmpty())
                    .as("hears nothing if it is cut, and only then")
                    .isEqualTo(cut() > before);
        }
    }

    @Test
    void areAnsweredAgainWhenTheyHaveLeft() throws Exception {
        try (Socket tcp = tcp(application);
                SSLSocket served = secure(tcp, certificate.client())) {
            served.startHandshake();
            turnAwayAsManyAsMayBe();

            for (Socket socket : silent) {
                socket.close();
            }

            TestProbe.create(application.system())
                    .awaitAssert(PATIENCE, () -> assertThat(answer()).startsWith("HTTP/1.1 503 "));
        }
    }
}
