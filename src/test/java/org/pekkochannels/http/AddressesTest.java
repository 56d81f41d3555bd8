package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;

/** Each way to say where to listen. */
@Tag("edge")
class AddressesTest {
    private static final class WhoAmI extends WebSocketConsumer {
        WhoAmI(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(scope().client().orElseThrow().getAddress().getHostAddress());
        }
    }

    private static RunningApplication start(String host) {
        return RunningApplication.start(
                "channels.http.interface = \"" + host + "\"", channels -> channels.websocket("ws/", WhoAmI::new));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, 127.0.0.1",
        "0.0.0.0, 127.0.0.1, 127.0.0.1",
        "localhost, localhost, 127.0.0.1",
        "::1, [::1], 0:0:0:0:0:0:0:1",
        "[::1], [::1], 0:0:0:0:0:0:0:1",
        "::, [::1], 0:0:0:0:0:0:0:1",
        "::, 127.0.0.1, 127.0.0.1",
    })
    void listensWhereItIsTold(String host, String reachedAt, String client) throws Exception {
        Ipv6.assumeItIsHereFor(host);
        try (RunningApplication application = start(host)) {
            JdkClient socket = JdkClient.connect(URI.create("ws://" + reachedAt + ":" + application.port() + "/ws/"));

            assertThat(application.port()).isPositive();
            assertThat(InetAddress.getByName((String) socket.send("who").next()).isLoopbackAddress())
                    .isTrue();
            assertThat(socket.send("who").next()).isIn(client, "0:0:0:0:0:0:0:1");
            socket.close(1000, "");
            application.awaitNoConnections();
        }
    }

    @Test
    void takesAnyFreePortForEachServer() {
        try (RunningApplication one = start("127.0.0.1");
                RunningApplication other = start("127.0.0.1")) {
            assertThat(one.port()).isPositive().isNotEqualTo(other.port());
        }
    }

    @Test
    void saysInTwoLinesThatThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RecordedLog log = new RecordedLog("org.apache.pekko")) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> RunningApplication.start("channels.http.port = " + port, channels -> channels))
                    .hasMessage("cannot listen on 127.0.0.1:" + port + ": Address already in use; set"
                            + " channels.http.interface (HOST) to an address of this machine, or channels.http.port (PORT)"
                            + " to a free one")
                    .hasRootCauseInstanceOf(BindException.class)
                    .satisfies(failure -> assertThat(printed(failure).lines()).hasSize(2));
            assertThat(log.soFar("")).isEmpty();
        }
    }

    private static String printed(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void keepsTheFailureOfAnInterfaceWithALineBreakInOneLine() {
        assertThatThrownBy(() -> RunningApplication.start(
                                "channels.http.interface = \"not\\nan address\"", channels -> channels)
                        .close())
                .hasMessageStartingWith("cannot listen on not?an address:0: ");
    }

    @ParameterizedTest
    @CsvSource({"no.such.host.invalid", "not an address", "203.0.113.7"})
    void stopsTheStartWhereTheInterfaceIsNotHere(String host) {
        assertThatThrownBy(() -> start(host).close())
                .hasMessageContaining("cannot listen on " + host)
                .hasMessageContaining("set channels.http.interface (HOST) to an address of this machine")
                .hasMessageNotContaining("null");
    }
}
