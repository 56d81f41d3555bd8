package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Scope;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Which connection a log line is about: its id, its client, and the application's words. */
class LogWordsTest extends ConsumerTestSystem {
    private static final Scope REQUEST = withClient(Scope.of("/ws/test/"));

    private final LinkedBlockingQueue<Map<String, String>> lines = new LinkedBlockingQueue<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("org.pekkochannels.consumer");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                lines.add(event.getMDCPropertyMap());
            }
        }
    };

    @Override
    String extraConfig() {
        return "channels.consumer.log-context = on";
    }

    @BeforeEach
    void record() {
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void stopRecording() {
        logger.detachAppender(appender);
    }

    private enum Kind {
        ASYNC,
        BLOCKING
    }

    private static Scope withClient(Scope scope) {
        return new Scope(
                scope.scheme(),
                scope.path(),
                scope.remainingPath(),
                scope.query(),
                List.of(),
                List.of(),
                Optional.of(new InetSocketAddress("192.0.2.7", 4711)),
                Optional.empty(),
                Map.of(),
                Map.of());
    }

    private static String mdc() {
        Map<String, String> entries = MDC.getCopyOfContextMap();
        return entries == null ? "{}" : new TreeMap<>(entries).toString();
    }

    /** Answers with the context that its callbacks see. */
    private static final class Async extends WebSocketConsumer {
        Async(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            if (text.equals("fail")) {
                throw new IllegalStateException("planted");
            }
            if (text.startsWith("user ")) {
                logContext("user", text.substring(5));
            }
            return database()
                    .withLazyHandle(handles -> mdc())
                    .thenCompose(there -> send(mdc() + (there.equals(mdc()) ? "" : " but there " + there)));
        }
    }

    private static final class Blocking extends SyncWebSocketConsumer {
        Blocking(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            if (text.equals("fail")) {
                throw new IllegalStateException("planted");
            }
            if (text.startsWith("user ")) {
                logContext("user", text.substring(5));
            }
            send(mdc());
        }
    }

    private Door open(Kind kind, Scope scope) {
        Door door = Door.knock(kit, scope, kind == Kind.ASYNC ? Async::new : Blocking::new);
        door.next();
        door.awaitCredit();
        return door;
    }

    @ParameterizedTest
    @EnumSource
    void putsTheWordsIntoTheContextOfAllCallbacksOfTheConnection(Kind kind) {
        Scope scope = REQUEST.named();
        String start = "{client=192.0.2.7, connection=" + scope.connectionId();
        String all = start + ", user=ann}";
        Door door = open(kind, scope);
        Door other = open(kind, REQUEST);

        door.tell("before", "user ann", "after");
        assertThat(door.next(3)).containsExactly(start + "}", all, all);
        other.tell("text");
        assertThat((String) other.next())
                .matches("\\{client=192.0.2.7, connection=[0-9a-z]{5}-[0-9a-z]+}")
                .doesNotContain(scope.connectionId());

        leave(door);
        leave(other);
    }

    @ParameterizedTest
    @EnumSource
    void namesTheConnectionInTheLinesOfTheLibrary(Kind kind) throws Exception {
        Scope scope = REQUEST.named();
        Door door = open(kind, scope);
        Door second = open(kind, scope);

        door.tell("fail");
        assertThat(line())
                .containsExactlyInAnyOrderEntriesOf(Map.of("client", "192.0.2.7", "connection", scope.connectionId()));
        second.tell("user bob", "fail");
        assertThat(line()).containsEntry("user", "bob").containsEntry("connection", scope.connectionId());

        door.awaitStop();
        second.awaitStop();
    }

    private Map<String, String> line() throws InterruptedException {
        return Optional.ofNullable(lines.poll(20, TimeUnit.SECONDS)).orElseThrow();
    }

    @Test
    void takesWordsFromOtherThreadsAndLeavesTheirContextAlone() {
        AtomicReference<Async> made = new AtomicReference<>();
        Door door = Door.open(kit, context -> {
            Async consumer = new Async(context);
            made.set(consumer);
            return consumer;
        });

        String there = CompletableFuture.supplyAsync(() -> {
                    Objects.requireNonNull(made.get()).logContext("user", "ann");
                    return mdc();
                })
                .join();
        door.tell("text");

        assertThat(there).isEqualTo("{}");
        assertThat((String) door.next()).endsWith(", user=ann}");
        leave(door);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "connection", "client", "with space", "0user", "ö", "a=b", "line\nbreak"})
    void refusesKeysThatAreReservedOrWouldForgeALine(String key) {
        Door door = answering(consumer -> {
            consumer.logContext(key, "value");
            return "taken";
        });

        door.tell("go");

        assertThat((String) door.next()).startsWith("IllegalArgumentException: the key of a word of the log must be");
        leave(door);
    }

    @Test
    void boundsNumberAndLengthOfTheWords() {
        Door door = answering(consumer -> {
            for (int i = 0; i < 20; i++) {
                consumer.logContext("word" + i % 16, "x".repeat(10_000) + i);
            }
            consumer.logContext("word0", "a\nb\u2028c d");
            String shown = MDC.get("word0") + " " + MDC.get("word1").length();
            consumer.logContext("more", "value");
            return shown;
        });
        door.tell("go");
        assertThat((String) door.next())
                .isEqualTo(
                        "IllegalStateException: a connection has at most 16 words in the log, and 'more' would be one"
                                + " more; replace words instead");
        leave(door);

        Door shown = answering(consumer -> {
            consumer.logContext("word", "a\nb\u2028c d" + "x".repeat(1000));
            return MDC.get("word");
        });
        shown.tell("go");
        assertThat((String) shown.next()).startsWith("a?b?c dxxx").hasSize(202).endsWith("..");
        leave(shown);
    }

    private Door answering(Function<WebSocketConsumer, String> body) {
        return Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                try {
                    return send(body.apply(this));
                } catch (IllegalArgumentException | IllegalStateException refused) {
                    return send(refused.getClass().getSimpleName() + ": " + refused.getMessage());
                }
            }
        });
    }

    @Test
    void hasAnIdForEachConnection() {
        Scope scope = Scope.of("/ws/test/");
        Scope named = scope.named();

        assertThat(scope.connectionId()).isEqualTo("-");
        assertThat(named.connectionId()).matches("[0-9a-z]{5}-[0-9a-z]+");
        assertThat(named.named()).isSameAs(named);
        assertThat(named.withRoute(Map.of(), "").connectionId()).isEqualTo(named.connectionId());
        assertThat(scope.named().connectionId()).isNotEqualTo(named.connectionId());
    }

    private static void leave(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
