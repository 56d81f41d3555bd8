package org.pekkochannels.netty;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.server.Directives;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.Channels;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.ClientDeflate;
import org.pekkochannels.websocket.UpgradeRequest;
import org.pekkochannels.websocket.WireClient;

/** Whole applications on the transports that are not Java's own; skipped where the machine has no such thing. */
@ParameterizedClass
@EnumSource(value = NativeTransport.class, mode = EnumSource.Mode.EXCLUDE, names = "NIO")
class NativeEdgeTest {
    private static final int MEMBERS = 20;
    private static final int TEXT = 1;
    private static final int COMPRESSED = 0x40;
    private static final int LARGE_BYTES = 1024 * 1024;
    private static final String UPGRADE = UpgradeRequest.of("/ws/");
    private static final String PAGE = "GET /page HTTP/1.1\r\nHost: x\r\n\r\n";

    private final NativeTransport transport;
    private final BlockingQueue<CloseReason> ends = new LinkedBlockingQueue<>();
    private @Nullable RunningApplication started;

    NativeEdgeTest(NativeTransport transport) {
        this.transport = transport;
    }

    @BeforeEach
    void start() {
        Throwable missing = transport.unavailability();
        assumeTrue(missing == null, () -> transport + " is not available here: " + missing);
        String name = transport.name().toLowerCase(Locale.ROOT).replace('_', '-');
        started = RunningApplication.start("""
                channels.edge = netty
                channels.netty { loops = 2, transport = %s }
                channels.websocket { max-message-bytes = 4 MiB, max-outbound-bytes = 4 MiB, compression.enabled = on }
                """.formatted(name), this::endpoints);
    }

    private Channels endpoints(Channels channels) {
        return channels.websocket("ws/", context -> new RoomMember(context, ends))
                .http(system -> Directives.path("page", () -> Directives.complete("a page")));
    }

    @AfterEach
    void endsLeakFree() {
        if (started != null) {
            started.awaitNoConnections();
            assertThat(started.layer().stats().members()).as("group members").isZero();
            assertThat(started.database().stats().openHandles())
                    .as("open handles")
                    .isZero();
            started.close();
        }
    }

    private RunningApplication application() {
        return requireNonNull(started);
    }

    private JdkClient connect() {
        return JdkClient.connect(application().ws("/ws/"));
    }

    private Socket socket() throws IOException {
        Socket socket = new Socket();
        // Small, so that what is not read waits at the server.
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), application().port()));
        return socket;
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String masked(String text) {
        return "\u0081" + (char) (0x80 + text.length()) + "\0\0\0\0" + text;
    }

    private static String read(Socket socket, String enough) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf(enough) < 0) {
            int c = socket.getInputStream().read();
            assertThat(c).as("after %s", answer).isNotNegative();
            answer.append((char) c);
        }
        return answer.toString();
    }

    private CloseReason nextEnd() throws InterruptedException {
        CloseReason end = ends.poll(20, TimeUnit.SECONDS);
        assertThat(end).as("nothing has ended").isNotNull();
        return requireNonNull(end);
    }

    @Test
    void echoesAndClosesInOrder() throws Exception {
        JdkClient client = connect();

        assertThat(client.send("hello").next()).isEqualTo("hello");
        client.socket().sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 0}), true).join();
        assertThat((byte[]) client.next()).containsExactly(1, 2, 0);
        assertThat(client.close(4002, "enough")).isEqualTo(new JdkClient.Closed(4002, ""));

        assertThat(nextEnd()).isEqualTo(new CloseReason(4002, "enough"));
    }

    /** What is read of many at once must not get mixed up. */
    @Test
    void echoesToEachOfManyClientsItsOwnWords() {
        List<JdkClient> clients = Stream.generate(this::connect).limit(MEMBERS).toList();

        for (int round = 0; round < RoomMember.EVENTS; round++) {
            String words = "round " + round + " of client ";
            List<CompletableFuture<WebSocket>> sent = IntStream.range(0, MEMBERS)
                    .mapToObj(i -> clients.get(i).socket().sendText(words + i, true))
                    .toList();
            sent.forEach(CompletableFuture::join);
            for (int i = 0; i < MEMBERS; i++) {
                assertThat(clients.get(i).next()).isEqualTo(words + i);
            }
        }
        clients.forEach(client -> client.close(1000, ""));
    }

    @Test
    void echoesALargeMessageCompressed() throws Exception {
        byte[] digits = new Random(7)
                .ints(LARGE_BYTES, '0', '9' + 1)
                .mapToObj(Character::toString)
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.US_ASCII);
        String offer = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";
        try (WireClient client = WireClient.connect(application().port(), "/ws/", Optional.of(offer));
                ClientDeflate deflate = new ClientDeflate()) {
            client.send(deflate.message(TEXT, digits, 0));

            WireClient.Frame echo = client.read();

            assertThat(echo.first() & COMPRESSED).as("compressed").isNotZero();
            assertThat(deflate.inflated(echo)).isEqualTo(digits);
            client.close1000();
        }
    }

    @Test
    void tellsEveryMemberOfAGroupEverythingInOrder() {
        List<JdkClient> clients = Stream.generate(this::connect).limit(MEMBERS).toList();

        clients.get(0).send("say");

        List<Object> events = IntStream.range(0, RoomMember.EVENTS)
                .<Object>mapToObj(i -> "event " + i)
                .toList();
        assertThat(clients)
                .allSatisfy(client -> assertThat(client.next(RoomMember.EVENTS)).isEqualTo(events));
        clients.forEach(client -> client.close(1000, ""));
    }

    @Test
    void answersFromTheDatabase() {
        JdkClient client = connect();

        assertThat(client.send("ask").next()).isEqualTo("the answer");
        client.close(1000, "");
    }

    @Test
    void cutsWith1013AClientThatDoesNotReadAndServesTheOthers() throws Exception {
        JdkClient other = connect();
        try (Socket slow = socket()) {
            send(slow, UPGRADE + masked("flood"));

            assertThat(nextEnd().code()).isEqualTo(1013);
            assertThat(other.send("still here").next()).isEqualTo("still here");
        }
        other.close(1000, "");
    }

    @Test
    void servesPagesOnOneConnectionAndUpgradesItLater() throws Exception {
        try (Socket socket = socket()) {
            send(socket, PAGE + PAGE);
            assertThat(read(socket, "a page")).startsWith("HTTP/1.1 200 OK");
            assertThat(read(socket, "a page")).contains("HTTP/1.1 200 OK");
            send(socket, UPGRADE);
            assertThat(read(socket, "\r\n\r\n")).startsWith("HTTP/1.1 101 ");
            send(socket, masked("hello"));

            assertThat(read(socket, "hello")).isEqualTo("\u0081\u0005hello");
        }
    }

    @Test
    void says1012ToEverybodyWhenItStops() {
        List<JdkClient> clients = Stream.generate(this::connect).limit(MEMBERS).toList();

        application().close();
        started = null;

        assertThat(clients)
                .allSatisfy(client ->
                        assertThat(((JdkClient.Closed) client.next()).code()).isEqualTo(1012));
        assertThat(ends)
                .hasSize(MEMBERS)
                .allSatisfy(end -> assertThat(end.code()).isEqualTo(1012));
    }
}
