package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.consumer.WorkerConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.Refusal;

/** What a whole application measures, as the guide lists it. */
class MetricsTest {
    // | `channels.database.waiting` | gauge | calls | `database` | .. |
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(channels\\.[a-z.]+)` \\| ([a-z]+) \\| ([a-z]+) \\| ([^|]*) \\| [^|]+ \\|$");

    private static final Path PAGE = Path.of("src/site/markdown/metrics-and-traces.md");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private RunningApplication application;

    /** The edge that moves the bytes. */
    String edge() {
        return "http";
    }

    @BeforeEach
    void start() {
        application = RunningApplication.start(
                "channels.edge = " + edge() + "\n" + """
                channels.metrics.global-registry = off
                channels.http.ready-checks = [database]
                channels.websocket.max-message-bytes = 100
                channels.databases.reporting { url = "jdbc:h2:mem:reporting;DB_CLOSE_DELAY=-1", threads = 1 }
                """,
                channels -> channels.websocket("ws/query/", Query::new).worker("thumbnails", Work::new));
        new ChannelsMetrics(application.system()).bindTo(registry);
    }

    @AfterEach
    void endsLeakFree() {
        application.close();
    }

    /** Answers from the database; fails when told to. */
    private static final class Query extends WebSocketConsumer {
        Query(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return scope().queryParameter("from").isPresent() ? refuse(Refusal.of(418, "I'm a teapot")) : accept();
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            if (text.equals("fail")) {
                throw new IllegalStateException("planted");
            }
            return database()
                    .withHandle(
                            handle -> handle.select("select 1").mapTo(int.class).one())
                    .thenCompose(one -> send(text));
        }
    }

    /** Fails when told to. */
    private static final class Work extends WorkerConsumer {
        Work(ConsumerContext context) {
            super(context);
            on("make", String.class, text -> done());
            on("fail", String.class, text -> {
                throw new IllegalStateException(text);
            });
        }
    }

    @Test
    void countsWhatWorkersDo() {
        application.layer().send("thumbnails", "make", "");
        application.layer().send("thumbnails", "fail", "planted");

        TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
            assertThat(count("channels.worker.restarts", "worker", "thumbnails"))
                    .isEqualTo(1);
            assertThat(gauge("channels.worker.instances")).isEqualTo(1);
            return true;
        });
        assertThat(count("channels.worker.messages", "worker", "thumbnails")).isEqualTo(2);
        assertThat(gauge("channels.worker.waiting")).isZero();
        assertThat(count("channels.consumer.failures")).isEqualTo(1);
    }

    @Test
    void measuresExactlyWhatTheGuideLists() throws IOException {
        assertThat(measured()).isEqualTo(listed());
    }

    @Test
    void readsInTheGuideWhatEachReasonOfARefusalMeans() throws IOException {
        assertThat(Stream.of(Refusal.Reason.values()).map(reason -> "`" + reason.tag() + "`"))
                .allSatisfy(tag -> assertThat(Files.readString(PAGE)).contains(tag));
    }

    @Test
    void takesEverythingBackWhenItStops() {
        application.server().stop().toCompletableFuture().join();

        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void countsWhatWebSocketsDo() {
        JdkClient client = JdkClient.connect(application.ws("/ws/query/"));
        assertThat(client.send("hello").next()).isEqualTo("hello");

        assertThat(gauge("channels.websocket.connections")).isEqualTo(1);
        assertThat(gauge("channels.http.connections")).isEqualTo(1);
        assertThat(count("channels.websocket.opened")).isEqualTo(1);
        assertThat(count("channels.websocket.messages", "direction", "in")).isEqualTo(1);
        assertThat(count("channels.websocket.messages", "direction", "out")).isEqualTo(1);
        assertThat(count("channels.websocket.traffic", "direction", "in")).isEqualTo(11);
        assertThat(count("channels.websocket.traffic", "direction", "out")).isEqualTo(7);

        client.close(4001, "bye");
        application.awaitNoConnections();
        assertThat(count("channels.websocket.closed", "code", "4000-4999")).isEqualTo(1);
        assertThat(gauge("channels.websocket.connections")).isZero();
        TestProbe.create(application.system())
                .awaitAssert(
                        Duration.ofSeconds(20),
                        () -> assertThat(gauge("channels.http.connections")).isZero());
    }

    @Test
    void countsLimitsThatAreCrossedAndWhatIsRefused() {
        JdkClient client = JdkClient.connect(application.ws("/ws/query/"));
        assertThat(client.send("x".repeat(101)).next()).isInstanceOf(JdkClient.Closed.class);
        application.awaitNoConnections();

        assertThat(count("channels.websocket.limits", "limit", "max-message-bytes"))
                .isEqualTo(1);
        assertThat(count("channels.websocket.closed", "code", "1009")).isEqualTo(1);

        assertThat(application.refusal("/ws/query/?from=nowhere").statusCode()).isEqualTo(418);
        assertThat(count("channels.http.refusals", "status", "other")).isEqualTo(1);
        application.awaitNoConnections();
    }

    @Test
    void countsCallbacksThatFail() {
        JdkClient client = JdkClient.connect(application.ws("/ws/query/"));
        assertThat(client.send("fail").next()).isInstanceOf(JdkClient.Closed.class);
        application.awaitNoConnections();

        assertThat(count("channels.consumer.failures")).isEqualTo(1);
        assertThat(count("channels.websocket.closed", "code", "1011")).isEqualTo(1);
    }

    @Test
    void timesTheCallsOfEachDatabase() {
        Database reporting = Database.get(application.system(), "reporting");
        for (int call = 0; call < 3; call++) {
            reporting.useHandle(handle -> {}).toCompletableFuture().join();
        }

        assertThat(timed("channels.database.run", "reporting")).isEqualTo(3);
        assertThat(timed("channels.database.wait", "reporting")).isEqualTo(3);
        assertThat(timed("channels.database.handle.lifetime", "reporting")).isEqualTo(3);
        assertThat(timed("channels.database.run", "default")).isZero();
        assertThat(registry.get("channels.database.threads")
                        .tag("database", "reporting")
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    /** Each as name, type, unit, tags. */
    private static SortedSet<String> listed() throws IOException {
        SortedSet<String> rows = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(PAGE));
        while (row.find()) {
            String tags =
                    row.group(4).replace("`", "").replaceAll(" *: [^,]*", "").strip();
            assertThat(rows.add(String.join(" ", row.group(1), row.group(2), row.group(3), tags)))
                    .as("%s is listed once", row.group(1))
                    .isTrue();
        }
        return rows;
    }

    private SortedSet<String> measured() {
        return registry.getMeters().stream().map(MetricsTest::row).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String row(Meter meter) {
        assertThat(meter.getId().getDescription()).as(meter.getId().getName()).isNotBlank();
        String tags = meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.joining(", "));
        return String.join(
                " ",
                meter.getId().getName(),
                meter.getId().getType().name().toLowerCase(Locale.ROOT),
                String.valueOf(meter.getId().getBaseUnit()),
                tags);
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    private long timed(String name, String database) {
        return registry.get(name).tag("database", database).timer().count();
    }
}
