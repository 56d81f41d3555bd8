package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static boolean hasIpv6() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
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
        assumeTrue(host.indexOf(':') < 0 || hasIpv6(), "this machine has no IPv6");
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

    @ParameterizedTest
    @CsvSource({"no.such.host.invalid", "not an address", "203.0.113.7"})
    void stopsTheStartWhereTheInterfaceIsNotHere(String host) {
        assertThatThrownBy(() -> start(host).close())
                .hasMessageContaining("cannot listen on " + host)
                .hasMessageContaining("channels.http.interface");
    }
}
