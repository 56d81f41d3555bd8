package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

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
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MOST = 256;

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

    /** As they do not even begin TLS's handshake, their answer waits for them. */
    private void turnAwayAsManyAsMayBe() throws IOException {
        for (int i = 0; i < MOST; i++) {
            silent.add(tcp(application));
        }
        TestProbe.create(application.system())
                .awaitAssert(
                        PATIENCE,
                        () -> assertThat(application.server().refusals()).containsExactly(entry(503, (long) MOST)));
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
            turnAwayAsManyAsMayBe();
            assertThat(application.server().cuts()).isEmpty();

            assertThat(answer()).isEmpty();

            assertThat(application.server().cuts()).containsExactly(entry("max-connections", 1L));
            assertThat(application.server().refusals()).containsExactly(entry(503, (long) MOST));
        }
    }

    @Test
    void areAnsweredAgainWhenOneOfThemHasLeft() throws Exception {
        try (Socket tcp = tcp(application);
                SSLSocket served = secure(tcp, certificate.client())) {
            served.startHandshake();
            turnAwayAsManyAsMayBe();
            assertThat(answer()).isEmpty();

            silent.get(0).close();

            TestProbe.create(application.system())
                    .awaitAssert(PATIENCE, () -> assertThat(answer()).startsWith("HTTP/1.1 503 "));
        }
    }
}
