package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.database.jdbc.DatabaseUrl;
import org.pekkochannels.tracing.ChannelsTracing;

/** The way of a trace to the database thread and back, and the span of each call. */
final class DatabaseTraceTest {
    private static final ContextKey<String> KEY = ContextKey.named("key");
    private static final AttributeKey<Double> WAIT = AttributeKey.doubleKey("channels.database.wait_time");
    private static final AttributeKey<Double> RUN = AttributeKey.doubleKey("channels.database.run_time");
    private static final long PAUSE_MILLIS = 30;

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final Tracer tracer = telemetry.getTracer("test");
    private final ExecutorService turn = Executors.newSingleThreadExecutor(task -> new Thread(task, "turn"));
    private TestDatabase started;
    private Database database;

    @BeforeEach
    void start() {
        started = TestDatabase.start("channels.metrics.enabled = off", "channels.database.threads = 1");
        database = started.database.on(turn);
        ChannelsTracing.use(started.system, telemetry);
    }

    @AfterEach
    void stop() {
        started.close();
        turn.shutdown();
        telemetry.close();
    }

    @Test
    void makesASpanForEachCallBelowItsCallers() {
        Span caller = tracer.spanBuilder("receive").startSpan();
        await(in(Context.root().with(caller), () -> database.useHandle(handle -> handle.execute("select 1"))));

        SpanData span = onlySpan();
        assertThat(span.getName()).isEqualTo("h2database");
        assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(span.getParentSpanId()).isEqualTo(caller.getSpanContext().getSpanId());
        assertThat(span.getTraceId()).isEqualTo(caller.getSpanContext().getTraceId());
        assertThat(text(span, "db.system.name")).isEqualTo("h2database");
        assertThat(text(span, "channels.database.name")).isEqualTo("default");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void tellsWaitingFromRunning() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletionStage<?> first = database.useHandle(handle -> {
            running.countDown();
            await(release);
        });
        await(running);
        CompletionStage<?> second = database.useHandle(handle -> {});
        // Not waited for, but measured: one runs that long, and the other waits.
        Thread.sleep(PAUSE_MILLIS);
        release.countDown();
        await(first);
        await(second);

        SpanData ran = spans.getFinishedSpanItems().get(0);
        SpanData waited = spans.getFinishedSpanItems().get(1);
        assertThat(ran.getAttributes().get(RUN)).isGreaterThanOrEqualTo(PAUSE_MILLIS / 1e3);
        assertThat(waited.getAttributes().get(WAIT)).isGreaterThanOrEqualTo(PAUSE_MILLIS / 1e3);
    }

    @Test
    void isTheParentOfWhatTheCallbackTraces() {
        await(database.useHandle(
                handle -> tracer.spanBuilder("statement").startSpan().end()));

        SpanData statement = spans.getFinishedSpanItems().get(0);
        SpanData call = spans.getFinishedSpanItems().get(1);
        assertThat(statement.getName()).isEqualTo("statement");
        assertThat(statement.getParentSpanId()).isEqualTo(call.getSpanId());
    }

    @Test
    void bringsTheCallersContextBackToItsTurn() {
        CountDownLatch attached = new CountDownLatch(1);
        Span caller = tracer.spanBuilder("receive").startSpan();
        CompletionStage<Boolean> same = in(
                Context.root().with(caller),
                () -> database.useHandle(handle -> await(attached))
                        .thenApply(done -> Span.current().getSpanContext().equals(caller.getSpanContext())));
        attached.countDown();

        assertThat(await(same)).isTrue();
    }

    @Test
    void carriesContextWithoutAnySdk() {
        try (TestDatabase untraced = TestDatabase.start("channels.metrics.enabled = off")) {
            CompletionStage<String> seen = in(
                    Context.root().with(KEY, "value"),
                    () -> untraced.database.withHandle(
                            handle -> String.valueOf(Context.current().get(KEY))));

            assertThat(await(seen)).isEqualTo("value");
            assertThat(spans.getFinishedSpanItems()).isEmpty();
        }
    }

    @Test
    void findsTheGlobalInstanceOnceThereIsOne() {
        GlobalOpenTelemetry.resetForTest();
        try (TestDatabase other = TestDatabase.start("channels.metrics.enabled = off")) {
            await(other.database.useHandle(handle -> {}));
            assertThat(GlobalOpenTelemetry.isSet()).isFalse();

            GlobalOpenTelemetry.set(telemetry);
            await(other.database.useHandle(handle -> {}));

            assertThat(onlySpan().getInstrumentationScopeInfo().getName()).isEqualTo("org.pekkochannels");
        } finally {
            GlobalOpenTelemetry.resetForTest();
        }
    }

    @Test
    void leavesNothingBehindOnAnyThread() {
        try (TestDatabase untraced =
                TestDatabase.start("channels.metrics.enabled = off", "channels.database.threads = 1")) {
            Database onTurn = untraced.database.on(turn);
            await(in(Context.root().with(KEY, "value"), () -> onTurn.useHandle(handle -> leaveAScopeOpen())));

            Context databaseThread = await(onTurn.withHandle(handle -> Context.current()));
            Context turnThread = await(CompletableFuture.supplyAsync(Context::current, turn));

            assertThat(databaseThread).isSameAs(Context.root());
            assertThat(turnThread).isSameAs(Context.root());
        }
    }

    @Test
    void marksAFailureByItsSqlStateAndNeverByItsWords() {
        Throwable failed = failure(database.useHandle(handle -> handle.execute("select secret from nowhere")));

        SpanData span = onlySpan();
        assertThat(failed).hasRootCauseInstanceOf(SQLException.class);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getStatus().getDescription()).isEmpty();
        assertThat(span.getEvents()).isEmpty();
        assertThat(text(span, "db.response.status_code")).startsWith("42");
        assertThat(text(span, "error.type")).isEqualTo(text(span, "db.response.status_code"));
    }

    @Test
    void marksAFailureOfTheCallbackByItsClass() {
        failure(database.useHandle(handle -> {
            throw new IllegalStateException("secret");
        }));

        assertThat(text(onlySpan(), "error.type")).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void endsTheSpanOfACallThatNeverRan() {
        await(database.stop());
        failure(database.useHandle(handle -> {}));

        assertThat(text(onlySpan(), "error.type")).isEqualTo(DatabaseClosedException.class.getName());
    }

    @Test
    void isOneSpanHoweverOftenTheWorkIsTried() {
        AtomicInteger attempts = new AtomicInteger();
        await(database.inTransaction(TransactionOptions.defaults().withAttempts(3), handle -> {
            if (attempts.incrementAndGet() < 3) {
                throw new SQLException("planted conflict", "40001");
            }
            return attempts.get();
        }));

        assertThat(onlySpan().getAttributes().get(AttributeKey.longKey("channels.database.attempts")))
                .isEqualTo(3);
        assertThat(onlySpan().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void isNotTracedWhereThatIsOff() {
        try (TestDatabase off =
                TestDatabase.start("channels.metrics.enabled = off", "channels.tracing.enabled = off")) {
            assertThatThrownBy(() -> ChannelsTracing.use(off.system, telemetry))
                    .hasMessageContaining("channels.tracing.enabled");
            await(off.database.useHandle(handle -> {}));
        }
        assertThat(spans.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void namesTheDatabaseAsItsUrlDoes() {
        DatabaseUrl url = DatabaseUrl.parse("postgres://scott:tiger@db.example:6432/orders?sslmode=require")
                .orElseThrow();

        CallTarget target = CallTarget.of("reporting", url);

        assertThat(target.span()).isEqualTo("orders");
        assertThat(target.attributes())
                .containsEntry("db.system.name", "postgresql")
                .containsEntry("db.namespace", "orders")
                .containsEntry("server.address", "db.example")
                .containsEntry("server.port", 6432)
                .containsEntry("channels.database.name", "reporting");
    }

    @Test
    void tellsNoSecretOfAnyUrl() {
        for (String text : new String[] {
            "jdbc:mysql://scott:tiger@db/orders",
            "jdbc:mysql://scott:1234/orders@db/x",
            "jdbc:oracle:thin:scott/tiger@db"
        }) {
            CallTarget target = CallTarget.of("default", DatabaseUrl.parse(text).orElseThrow());

            assertThat(target.toString()).doesNotContain("tiger");
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // That is the fault.
    private static void leaveAScopeOpen() {
        Context.current().with(KEY, "forgotten").makeCurrent();
    }

    private static <T> T in(Context context, Supplier<T> call) {
        return context.wrapSupplier(call).get();
    }

    private SpanData onlySpan() {
        assertThat(spans.getFinishedSpanItems()).hasSize(1);
        return spans.getFinishedSpanItems().get(0);
    }

    private static String text(SpanData span, String key) {
        return String.valueOf(span.getAttributes().get(AttributeKey.stringKey(key)));
    }
}
