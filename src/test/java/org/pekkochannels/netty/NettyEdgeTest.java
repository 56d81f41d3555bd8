package org.pekkochannels.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.slf4j.LoggerFactory;

/** What only this edge has: its keys, its loops, the PROXY protocol. What all edges do is tested with all of them. */
class NettyEdgeTest {
    private static final String UPGRADE = """
            GET /ws/who/ HTTP/1.1\r
            Host: x\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;
    private static final String PROXIED = """
            channels.netty.proxy-protocol = on
            channels.http.trusted-proxies = [127.0.0.1]
            channels.http.header-timeout = 2s
            """;
    // How a header of version 2 begins; after it come the commands PROXY or LOCAL.
    private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
    private static final String PROXY = "!";
    private static final String LOCAL = " ";
    // TCP over IPv4, twelve bytes: 203.0.113.7:5555 to 127.0.0.1:80.
    private static final String IPV4 = "\u0011\0\u000c\u00cb\0q\u0007\u007f\0\0\u0001\u0015\u00b3\0P";
    // TCP over IPv6, 36 bytes: [2001:db8::7]:5555 to [::1]:80.
    private static final String IPV6 =
            "!\0$ \u0001\r\u00b8\0\0\0\0\0\0\0\0\0\0\0\u0007" + "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\u0001\u0015\u00b3\0P";
    // What a proxy has no addresses for.
    private static final String UNSPECIFIED = "\0\0\0";

    private static final class Who extends WebSocketConsumer {
        Who(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(accepted -> send("client "
                    + scope().client().orElseThrow().getAddress().getHostAddress() + " on "
                    + Thread.currentThread().getName()));
        }
    }

    private static final class Blocking extends SyncWebSocketConsumer {
        Blocking(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            accept();
            send("on " + Thread.currentThread().getName());
        }
    }

    /** Holds its loop until somebody has said so. */
    private static final class Holder extends WebSocketConsumer {
        static final CountDownLatch WARNED = new CountDownLatch(1);

        Holder(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            // It computes: what blocks may be found out by BlockHound.
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (WARNED.getCount() > 0 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            return accept();
        }
    }

    private static RunningApplication start(String config) {
        return RunningApplication.start("channels.edge = netty\n" + config, NettyEdgeTest::endpoints);
    }

    private static Channels endpoints(Channels channels) {
        return channels.websocket("ws/who/", Who::new)
                .websocket("ws/blocking/", Blocking::new)
                .websocket("ws/holder/", Holder::new)
                .http(system -> Directives.path(
                        "page",
                        () -> Directives.extractClientIP(ip -> Directives.complete("client "
                                + ip.getAddress()
                                        .map(InetAddress::getHostAddress)
                                        .orElse("-")))));
    }

    /** Sends bytes, and reads what comes until there is enough or the end. */
    private static String exchange(RunningApplication application, String bytes, String enough) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            InputStream in = socket.getInputStream();
            StringBuilder answer = new StringBuilder();
            for (int c = 0; c >= 0 && answer.indexOf(enough) < 0; ) {
                c = in.read();
                answer.append(c < 0 ? "" : (char) c);
            }
            return answer.toString();
        }
    }

    private static void endLeakFree(RunningApplication application) {
        application.awaitNoConnections();
        application.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP4 203.0.113.7 127.0.0.1 5555 80\r\n", SIGNATURE + PROXY + IPV4})
    void takesTheClientsAddressFromTheProxyProtocol(String header) throws IOException {
        RunningApplication application = start(PROXIED);

        assertThat(exchange(application, header + UPGRADE, "client 203.0.113.7"))
                .contains("client 203.0.113.7");
        assertThat(exchange(application, header + "GET /page HTTP/1.1\r\nHost: x\r\n\r\n", "client 203.0.113.7"))
                .contains("client 203.0.113.7");
        endLeakFree(application);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP6 2001:db8::7 ::1 5555 80\r\n", SIGNATURE + PROXY + IPV6})
    void takesTheClientsIpv6AddressFromTheProxyProtocol(String header) throws IOException {
        RunningApplication application = start(PROXIED);

        assertThat(exchange(application, header + UPGRADE, "client 2001:db8:0:0:0:0:0:7"))
                .contains("client 2001:db8:0:0:0:0:0:7");
        endLeakFree(application);
    }

    @Test
    void cutsATrustedProxyThatSendsNoHeader() throws IOException {
        RunningApplication application = start(PROXIED);

        assertThat(exchange(application, UPGRADE, "client")).isEmpty();
        endLeakFree(application);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN\r\n", SIGNATURE + LOCAL + UNSPECIFIED, SIGNATURE + LOCAL + IPV4})
    void takesAProxysHealthCheckForItsOwn(String header) throws IOException {
        RunningApplication application = start(PROXIED);

        assertThat(exchange(application, header + UPGRADE, "client 127.0.0.1")).contains("client 127.0.0.1");
        endLeakFree(application);
    }

    @Test
    void believesNobodyElsesHeader() throws IOException {
        RunningApplication application = start("""
                channels.netty.proxy-protocol = on
                channels.http.trusted-proxies = [203.0.113.1]
                """);

        assertThat(exchange(application, "PROXY TCP4 203.0.113.7 127.0.0.1 5555 80\r\n" + UPGRADE, "400"))
                .startsWith("HTTP/1.1 400");
        endLeakFree(application);
    }

    @Test
    void refusesTheProxyProtocolWithoutTrustedProxies() {
        assertThatThrownBy(() -> start("channels.netty.proxy-protocol = on"))
                .hasMessageContaining("channels.netty.proxy-protocol")
                .hasMessageContaining("channels.http.trusted-proxies");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", "1025"})
    void refusesABadNumberOfLoops(String loops) {
        assertThatThrownBy(() -> start("channels.netty.loops = " + loops)).hasMessageContaining("channels.netty.loops");
    }

    @ParameterizedTest
    @CsvSource({
        "loop, channels-loop",
        "default, channels-pekko.actor.default-dispatcher",
        "pekko.actor.default-blocking-io-dispatcher, channels-pekko.actor.default-blocking-io-dispatcher"
    })
    void runsConsumersWhereTheyAreAskedTo(String dispatcher, String thread) {
        RunningApplication application = start("channels.consumer.dispatcher = " + dispatcher);
        JdkClient client = JdkClient.connect(application.ws("/ws/who/"));

        assertThat((String) client.next()).contains(" on " + thread);
        client.close(1000, "");
        endLeakFree(application);
    }

    @Test
    void runsAnEndpointsConsumersWhereItsSectionSays() {
        RunningApplication application = RunningApplication.start(
                "channels.edge = netty, channels.endpoints.slow.dispatcher = default",
                channels -> channels.endpoint("ws/who/", "slow", Who::new));
        JdkClient client = JdkClient.connect(application.ws("/ws/who/"));

        assertThat((String) client.next()).contains(" on channels-pekko.actor.default-dispatcher");
        client.close(1000, "");
        endLeakFree(application);
    }

    @Test
    void refusesADispatcherThatThereIsNot() {
        assertThatThrownBy(() -> start("channels.consumer.dispatcher = no-such"))
                .hasMessageContaining("channels.consumer.dispatcher")
                .hasMessageContaining("no-such");
    }

    @Test
    void neverRunsABlockingConsumerOnALoop() {
        RunningApplication application = start("");
        JdkClient client = JdkClient.connect(application.ws("/ws/blocking/"));

        assertThat((String) client.next()).doesNotContain("loop");
        client.close(1000, "");
        endLeakFree(application);
    }

    @Test
    void warnsOfATurnThatHoldsItsLoop() {
        AtomicReference<ILoggingEvent> warning = new AtomicReference<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                warning.set(event);
                Holder.WARNED.countDown();
            }
        };
        Logger logger = (Logger) LoggerFactory.getLogger("org.pekkochannels.consumer.ConsumerWatch");
        appender.start();
        logger.addAppender(appender);
        RunningApplication application = start("channels.consumer.turn-warning = 20ms");

        JdkClient.connect(application.ws("/ws/holder/")).close(1000, "");

        ILoggingEvent warned = Objects.requireNonNull(warning.get());
        assertThat(warned.getFormattedMessage()).contains("Holder.connect", "channels.consumer.turn-warning");
        assertThat(warned.getThrowableProxy().getMessage()).contains("channels-loop");
        endLeakFree(application);
        logger.detachAppender(appender);
    }
}
