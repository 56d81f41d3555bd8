package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.metrics.ChannelsMetrics;

/**
 * Our reader and Pekko HTTP find the same requests in the same bytes: where each ends, its target, its fields, its body.
 * What our reader refuses is not executed, nor is anything after it.
 */
@Tag("edge")
class SameReadingTest {
    // The generator sends more than browsers do.
    private static final String MANY_FIELDS = "channels.http.max-header-fields = 10000";

    private static final long SEED = Long.getLong("channels.test.seed", 20_261_130L);
    private static final int CONNECTIONS = Integer.getInteger("channels.test.connections", 100);
    private static final int REQUESTS = 30;

    private static final Map<Integer, Queue<SeenRequest>> SEEN = new ConcurrentHashMap<>();
    private static final SimpleMeterRegistry REGISTRY = new SimpleMeterRegistry();
    private static final RunningApplication APPLICATION =
            RunningApplication.start(MANY_FIELDS, channels -> channels.http(SameReadingTest::page));

    @BeforeAll
    static void measure() {
        new ChannelsMetrics(APPLICATION.system()).bindTo(REGISTRY);
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private static Route page(ActorSystem<?> system) {
        return Directives.extractRequest(request -> Directives.onSuccess(
                request.entity()
                        .getDataBytes()
                        .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), system),
                body -> {
                    int port = request.getAttribute(AttributeKeys.remoteAddress)
                            .orElseThrow()
                            .getPort();
                    SEEN.computeIfAbsent(port, first -> new ConcurrentLinkedQueue<>())
                            .add(seen(request, body.toArray()));
                    // Not negotiated: whatever the request accepts.
                    return Directives.complete(HttpResponse.create().withEntity("seen"));
                }));
    }

    private static SeenRequest seen(HttpRequest request, byte[] body) {
        List<Map.Entry<String, String>> fields = StreamSupport.stream(
                        request.getHeaders().spliterator(), false)
                .map(header -> Map.entry(header.name(), header.value()))
                .toList();
        String host = fields.stream()
                .filter(field -> field.getKey().equals("Host"))
                .map(Map.Entry::getValue)
                .reduce("", String::concat);
        String own = "127.0.0.1:" + APPLICATION.port();
        String path = request.getUri().path();
        return SeenRequest.of(
                request.method().value(),
                // What Pekko HTTP makes of the * of OPTIONS.
                path.isEmpty() ? "*" : path,
                request.getUri().rawQueryString().orElse(""),
                host.equals(own) ? "own" : host,
                fields,
                SeenRequest.sum(body));
    }

    @Test
    void findsWhatWasSent() {
        IntStream.range(0, CONNECTIONS).parallel().forEach(SameReadingTest::assertSameAsSent);

        assertNoneDisagreed();
    }

    @Test
    void executesOnlyWhatOurReaderTakesOfDamagedRequests() {
        IntStream.range(0, 3 * CONNECTIONS).parallel().forEach(SameReadingTest::assertSameAsRead);

        assertNoneDisagreed();
    }

    private static void assertNoneDisagreed() {
        assertThat(REGISTRY.get("channels.http.disagreed").functionCounter().count())
                .as("heads that Pekko HTTP rejected, seed %d", SEED)
                .isZero();
    }

    private static void assertSameAsSent(int number) {
        Random random = new Random(SEED + number);
        RequestGenerator generator = new RequestGenerator(random);
        boolean last = random.nextBoolean();
        List<GeneratedRequest> sent = IntStream.range(0, REQUESTS)
                .mapToObj(i -> generator.next(last && i == REQUESTS - 1))
                .toList();
        List<byte[]> bytes = sent.stream().map(GeneratedRequest::bytes).toList();
        byte[] all = joined(bytes);
        ReadConnection read = ReadConnection.of(all);
        String which = "connection %d of seed %d".formatted(number, SEED);

        assertSame("our reader: " + which, read.requests(), meanings(sent));
        assertThat(read.ends()).as("ends: " + which).isEqualTo(ends(bytes));

        Exchange exchange = exchange(random.nextBoolean() ? bytes : List.of(all), read.requests(), random);

        assertSame("Pekko HTTP: " + which, exchange.seen, pages(read.requests()));
        assertThat(exchange.statuses).as("answers: " + which).hasSize(REQUESTS);
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(exchange.statuses.get(i))
                    .as("status of%n%s%s", text(bytes.get(i)), which)
                    .isEqualTo(200);
        }
    }

    private static void assertSameAsRead(int number) {
        Random random = new Random(-SEED - number);
        RequestGenerator generator = new RequestGenerator(random);
        List<byte[]> requests = new ArrayList<>();
        for (int i = random.nextInt(2); i >= 0; i--) {
            requests.add(generator.next(false).bytes());
        }
        requests.add(Damage.some(requests.remove(0), random));
        requests.add(generator.next(false).bytes());
        byte[] all = joined(requests);
        ReadConnection read = ReadConnection.of(all);
        String which = "damaged connection %d of seed %d, which sends%n%s".formatted(number, SEED, text(all));

        Exchange exchange = exchange(List.of(all), read.requests(), random);

        assertSame("Pekko HTTP: " + which, exchange.seen, pages(read.requests()));
        List<Integer> expected =
                new ArrayList<>(Collections.nCopies(read.requests().size(), 200));
        if (read.refused() > 0) {
            expected.add(read.refused());
        }
        // One whose body is cut off ends the connection, and may take the answers with it that are still to be written.
        int due = read.begun() ? Math.min(expected.size(), exchange.statuses.size()) : expected.size();
        assertThat(exchange.statuses.stream().limit(due).toList())
                .as("answers: " + which)
                .isEqualTo(expected.subList(0, due));
        assertThat(exchange.statuses.stream().skip(due))
                .as("further answers: " + which)
                .doesNotContain(200);
    }

    /** One after the other, so that a failure tells of one request and of what differs. */
    private static void assertSame(String which, List<SeenRequest> found, List<SeenRequest> expected) {
        for (int i = 0; i < Math.min(found.size(), expected.size()); i++) {
            assertThat(found.get(i))
                    .as("request %d, %s", i, which)
                    .usingRecursiveComparison()
                    .isEqualTo(expected.get(i));
        }
        assertThat(found).as(which).hasSameSizeAs(expected);
    }

    /** Pages answer HEAD as if it were GET. */
    private static List<SeenRequest> pages(List<SeenRequest> requests) {
        return requests.stream().map(SeenRequest::asPage).toList();
    }

    private static List<SeenRequest> meanings(List<GeneratedRequest> sent) {
        return sent.stream().map(GeneratedRequest::meaning).toList();
    }

    private static List<Integer> ends(List<byte[]> requests) {
        List<Integer> ends = new ArrayList<>();
        for (byte[] request : requests) {
            ends.add(request.length + (ends.isEmpty() ? 0 : ends.get(ends.size() - 1)));
        }
        return ends;
    }

    private static byte[] joined(List<byte[]> requests) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        requests.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private record Exchange(List<SeenRequest> seen, List<Integer> statuses) {}

    /** Sends requests, each when the one before is answered, or all at once; then ends, and reads to the end. */
    private static Exchange exchange(List<byte[]> writes, List<SeenRequest> requests, Random random) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(12_000);
            Responses responses = new Responses(new BufferedInputStream(socket.getInputStream()), requests);
            try {
                talk(socket, responses, writes, random);
            } catch (SocketTimeoutException silent) {
                throw new AssertionError(
                        "after " + responses.statuses + " no answer to "
                                + writes.stream().map(SameReadingTest::text).toList(),
                        silent);
            } catch (SocketException reset) {
                // So ends a connection whose body is cut off; what was answered before has been read.
            }
            Queue<SeenRequest> seen = SEEN.remove(socket.getLocalPort());
            return new Exchange(seen == null ? List.of() : List.copyOf(seen), responses.statuses);
        } catch (IOException e) {
            throw new AssertionError(
                    "requests were not answered:\n"
                            + writes.stream().map(SameReadingTest::text).toList(),
                    e);
        }
    }

    private static void talk(Socket socket, Responses responses, List<byte[]> writes, Random random)
            throws IOException {
        for (byte[] bytes : writes) {
            write(bytes, socket.getOutputStream(), random);
            if (writes.size() > 1 && !responses.read()) {
                break;
            }
        }
        socket.shutdownOutput();
        while (responses.read()) {
            // to the end
        }
    }

    private static void write(byte[] bytes, OutputStream out, Random random) throws IOException {
        int most = random.nextInt(8) == 0 ? 100 : 20_000;
        for (int at = 0; at < bytes.length; ) {
            int piece = Math.min(bytes.length - at, 1 + random.nextInt(most));
            out.write(bytes, at, piece);
            at += piece;
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1)
                .replace("\r", "\\r")
                .replace("\n", "\\n\n");
    }
}
