package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.event.Logging;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.edge.ContainedFailures;

class PacedListenerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RunningApplication application =
            RunningApplication.start("", channels -> channels.http(system -> Directives.complete("served")));

    @AfterEach
    void stop() {
        application.close();
    }

    private String answer() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Anybody may publish such an event, and its source may be missing. */
    @Test
    void acceptsConnectionsAfterAFailureOfItsOwn() throws IOException {
        assertThat(answer()).startsWith("HTTP/1.1 200");

        try (RecordedLog log = new RecordedLog(ContainedFailures.class.getName())) {
            TestProbe.create(application.system()).awaitAssert(PATIENCE, () -> {
                application
                        .system()
                        .classicSystem()
                        .eventStream()
                        .publish(new Logging.Error(null, PacedListenerTest.class, "planted"));
                return assertThat(log.soFar("accepting connections failed")).isNotEmpty();
            });
        }

        for (int i = 0; i < 3; i++) {
            assertThat(answer()).startsWith("HTTP/1.1 200");
        }
    }
}
