package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.FilterReply;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.server.Directives;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.middleware.Endpoint;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Opening;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** A logger that throws whatever it is told by the server: clients are answered, time is kept, the server stops. */
@Tag("edge")
final class FailingLogTest {
    private final RunningApplication application = RunningApplication.start(
            """
            pekko.jvm-exit-on-fatal-error = off
            channels.websocket.handshake-timeout = 2s
            channels.endpoints.hasty.handshake-timeout = 300ms
            channels.http.header-timeout = 300ms
            channels.consumer { turn-warning = 10ms, stage-warning = 10ms, warm-up = 0s }
            """,
            channels -> channels.websocket("ws/echo/", Place.Echo::new)
                    .websocket("ws/slow/", Slow::new)
                    .application("ws/silent/", scope -> new CompletableFuture<>())
                    .application(
                            "ws/undecided/",
                            Endpoint.named(
                                    "hasty",
                                    scope -> CompletableFuture.completedFuture(new Opening.Proceed(undecided()))))
                    .http(system -> Directives.path("page", () -> {
                        system.classicSystem().log().error("a line of Pekko's");
                        throw new IllegalStateException("planted");
                    })));
    // Where a consumer finds what its test waits for.
    private static final Map<String, CompletableFuture<String>> WARNED = new ConcurrentHashMap<>();

    private final FailingFilter filter = new FailingFilter();
    private final FailingAppender appender = new FailingAppender();

    /** Throws for our loggers only: Pekko's own trust theirs. */
    private static final class FailingFilter extends TurboFilter {
        private final AtomicInteger thrown = new AtomicInteger();
        private final Map<String, CompletableFuture<String>> warned =
                Map.of("turn-warning", new CompletableFuture<>(), "stage-warning", new CompletableFuture<>());

        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] parameters,
                @Nullable Throwable failure) {
            if (format != null && logger.getName().startsWith("org.pekkochannels.")) {
                thrown.incrementAndGet();
                warned.forEach((key, line) -> {
                    if (format.contains(key)) {
                        line.complete(key);
                    }
                });
                throw new LinkageError("planted");
            }
            return FilterReply.NEUTRAL;
        }
    }

    /** Throws for Pekko's loggers. */
    private static final class FailingAppender extends AppenderBase<ILoggingEvent> {
        private final LinkedBlockingQueue<String> thrown = new LinkedBlockingQueue<>();

        @Override
        public synchronized void doAppend(ILoggingEvent event) { // that of the parent contains exceptions
            append(event);
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLoggerName().startsWith("org.apache.pekko.")
                    && event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                thrown.add(event.getMessage());
                throw new NoClassDefFoundError("planted/Encoder");
            }
        }
    }

    /** Is told a key, and answers when it was to be warned of by that key. */
    private static final class Slow extends WebSocketConsumer {
        Slow(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            CompletableFuture<String> warned = Objects.requireNonNull(WARNED.get(text));
            while (text.equals("turn-warning") && !warned.isDone()) {
                Thread.onSpinWait();
            }
            return onTurn(warned).thenCompose(this::send);
        }
    }

    @AfterEach
    void stop() {
        loggers().getTurboFilterList().remove(filter);
        root().detachAppender(appender);
        application.close();
    }

    /** Neither accepts nor refuses, and stops when it is told of the end. */
    private static Behavior<Inbound> undecided() {
        return Behaviors.receiveMessage(
                inbound -> inbound instanceof Inbound.Closed ? Behaviors.stopped() : Behaviors.same());
    }

    private static LoggerContext loggers() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    private static Logger root() {
        return loggers().getLogger(Logger.ROOT_LOGGER_NAME);
    }

    @Test
    void harmsNobodyWherePekkoLogs() throws Exception {
        root().addAppender(appender);

        for (int request = 0; request < 3; request++) {
            assertThat(statusOf("/page")).isEqualTo(500);
            assertThat(appender.thrown.poll(20, TimeUnit.SECONDS)).isNotNull();
        }
    }

    private int statusOf(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(application.http(path)).build();
        return JdkClient.http()
                .sendAsync(request, BodyHandlers.discarding())
                .get(20, TimeUnit.SECONDS)
                .statusCode();
    }

    @Test
    void keepsNoClientFromItsAnswerAndNoTimeFromBeingKept() {
        loggers().addTurboFilter(filter);

        for (String path : new String[] {"silent", "undecided", "silent", "undecided"}) {
            assertThat(application.refusal("/ws/" + path + "/").statusCode()).isEqualTo(503);
        }
        JdkClient client = JdkClient.connect(application.ws("/ws/echo/"));
        client.send("still here");

        assertThat(client.next()).isEqualTo("still here");
        client.close(1000, "");
        application.awaitNoConnections();
        assertThat(filter.thrown).hasPositiveValue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"turn-warning", "stage-warning"})
    void harmsNobodyWhereACallbackIsWarnedOf(String key) {
        WARNED.putAll(filter.warned);
        loggers().addTurboFilter(filter);
        JdkClient client = JdkClient.connect(application.ws("/ws/slow/"));

        client.send(key);

        assertThat(client.next()).isEqualTo(key);
        client.close(1000, "");
        application.awaitNoConnections();
        assertThat(application.system().whenTerminated().isCompleted())
                .as("the system has ended")
                .isFalse();
    }

    @Test
    void doesNotKeepAServerFromStarting() {
        loggers().addTurboFilter(filter);

        RunningApplication.start("", channels -> channels).close();

        assertThat(filter.thrown).hasPositiveValue();
    }

    @Test
    void doesNotKeepTheServerFromClosingItsClients() throws Exception {
        JdkClient client = JdkClient.connect(application.ws("/ws/echo/"));
        loggers().addTurboFilter(filter);

        application.server().stop().toCompletableFuture().get(30, TimeUnit.SECONDS);

        assertThat(client.next())
                .isInstanceOf(JdkClient.Closed.class)
                .extracting("code")
                .isEqualTo(1012);
        assertThat(application.server().connections()).isZero();
    }
}
