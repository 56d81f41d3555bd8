package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.http.WebSocket;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.tracing.ChannelsTracing;
import org.slf4j.LoggerFactory;

/** A secret in each place of a request, looked for in all that the server writes while all goes wrong: logs, MDC, exceptions, spans. */
@Tag("edge")
final class PlantedSecretTest {
    private static final String SECRET = "pLaNtEd-SeCrEt";
    private static final String[] HEADERS = {
        "Cookie", "channels=" + SECRET + "; other=" + SECRET, "Authorization", "Bearer " + SECRET
    };
    private static final String QUERY = "?password=" + SECRET + "&ticket=" + SECRET;
    private static final Sessions<Account> SESSIONS =
            Sessions.of(new Accounts()).withTokens(PlantedSecretTest::verify).withTickets();
    private static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();
    private static final OpenTelemetrySdk TELEMETRY = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(SPANS))
                    .build())
            .build();
    private static final Everything LOG = new Everything();
    private static RunningApplication application;

    /** All log events of the packages, at all levels, with MDC and stack traces. */
    private static final class Everything extends AppenderBase<ILoggingEvent> {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLoggerName() + " " + event.getFormattedMessage() + " " + event.getMDCPropertyMap() + "\n"
                    + ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    }

    private static CompletionStage<Optional<VerifiedToken>> verify(String token) {
        return token.equals(SECRET)
                ? CompletableFuture.completedFuture(Optional.of(new VerifiedToken("1", Optional.empty())))
                : CompletableFuture.failedFuture(new IllegalStateException("planted failure of the verifier"));
    }

    @BeforeAll
    static void start() {
        Logger ours = (Logger) LoggerFactory.getLogger("org.pekkochannels");
        ours.setLevel(Level.TRACE);
        LOG.start();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(LOG);
        application = RunningApplication.start(
                "",
                channels -> channels.beforeStart(SESSIONS::createTable)
                        .beforeStart(system -> Database.get(system).useHandle(Accounts::create))
                        .beforeStart(system -> {
                            ChannelsTracing.use(system, TELEMETRY);
                            return CompletableFuture.completedFuture("traced");
                        })
                        .through(
                                SESSIONS::middleware,
                                inside -> inside.websocket("ws/async/", AsyncFailing::new)
                                        .websocket("ws/sync/", SyncFailing::new)
                                        .websocket("ws/constructor/", context -> {
                                            throw new IllegalStateException("planted " + context.scope());
                                        }))
                        .http(system -> SESSIONS.session(system, PlantedSecretTest::pages)));
    }

    @AfterAll
    static void stop() {
        application.close();
        ((Logger) LoggerFactory.getLogger("org.pekkochannels")).setLevel(null);
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(LOG);
        TELEMETRY.close();
    }

    private static Route pages(WebSession<Account> session) {
        return Directives.path("fail", () -> {
            throw new IllegalStateException("planted failure of a page for " + session);
        });
    }

    private static final class AsyncFailing extends WebSocketConsumer {
        AsyncFailing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database().useHandle(handle -> {
                throw new IllegalStateException("planted failure in " + scope() + SESSIONS.session(scope()));
            });
        }
    }

    private static final class SyncFailing extends SyncWebSocketConsumer {
        SyncFailing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            handle().execute("select 1");
            throw new IllegalStateException("planted failure in " + scope() + SESSIONS.session(scope()));
        }
    }

    private static WebSocket.Builder builder(String... headers) {
        WebSocket.Builder builder = JdkClient.http().newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        return builder;
    }

    private static void refused(String path, String... headers) {
        try {
            JdkClient.connect(builder(headers), application.ws(path), "channels", "channels.bearer." + SECRET + "x");
            throw new AssertionError("accepted");
        } catch (CompletionException expected) {
            // as it should be
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void isNeverWritten(String path) {
        JdkClient client = JdkClient.connect(
                builder(HEADERS), application.ws(path + QUERY), "channels", "channels.bearer." + SECRET);
        client.send("fail");
        assertThat(client.next()).isInstanceOf(JdkClient.Closed.class);
        refused(path + QUERY, HEADERS);
        refused("/ws/constructor/" + QUERY);
        refused("/ws/nowhere/" + QUERY, HEADERS);
        Visitor visitor = new Visitor(application);
        assertThat(visitor.get("/fail" + QUERY, HEADERS).statusCode()).isEqualTo(500);
        assertThat(visitor.get("/fail" + QUERY, "Authorization", "Bearer wrong-" + SECRET)
                        .statusCode())
                .isEqualTo(500);
        assertThat(visitor.get("/nowhere" + QUERY, "Cookie", "channels=" + SECRET)
                        .statusCode())
                .isEqualTo(404);
        assertThat(visitor.post("/fail" + QUERY, "Origin", "https://evil.example", "Cookie", "channels=" + SECRET)
                        .statusCode())
                .isEqualTo(403);
        application.awaitNoConnections();

        assertThat(lines("planted failure")).as("what was logged").isNotEmpty();
        assertThat(lines(SECRET)).isEmpty();
        assertThat(SPANS.getFinishedSpanItems()).isNotEmpty();
        assertThat(SPANS.getFinishedSpanItems().toString()).doesNotContain(SECRET);
    }

    private static Stream<String> lines(String text) {
        return LOG.lines.stream().filter(line -> line.contains(text));
    }
}
