package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.ConsumerBehavior;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Application;
import org.slf4j.MDC;

/** What one guest leaves in the logging context (MDC) and in OpenTelemetry's of a thread is not seen by the others. */
@Tag("edge")
final class LeftContextTest {
    private static final ContextKey<String> USER = ContextKey.named("user");
    private static final String NOTHING = "null null";
    private static final int ROUNDS = 8;
    private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                """
                pekko.actor.default-dispatcher.fork-join-executor { parallelism-min = 2, parallelism-max = 2 }
                channels { database.threads = 1, netty.loops = 1 }
                """,
                channels -> channels.websocket("ws/turn/", LeavingTurn::new)
                        .websocket("ws/callback/", LeavingCallback::new)
                        .websocket("ws/blocking/", Blocking::new)
                        .application("ws/middleware/", leaving(ConsumerBehavior.application(Looking::new)))
                        .application("ws/look/", looking(ConsumerBehavior.application(Looking::new)))
                        .http(LeftContextTest::pages));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static Route pages(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path(
                        "leave",
                        () -> Directives.extractRequest(request -> {
                            leave();
                            return Directives.complete("left");
                        })),
                Directives.path(
                        "look",
                        () -> Directives.extractRequest(request -> {
                            look();
                            return Directives.onSuccess(
                                    Database.get(system).useHandle(handle -> look()),
                                    done -> Directives.complete("looked"));
                        })));
    }

    private static Application leaving(Application inner) {
        return scope -> {
            leave();
            return inner.open(scope);
        };
    }

    private static Application looking(Application inner) {
        return scope -> {
            look();
            return inner.open(scope);
        };
    }

    @SuppressWarnings("MustBeClosedChecker") // That is the fault.
    private static void leave() {
        MDC.put("user", "a guest");
        Context.current().with(USER, "a guest").makeCurrent();
    }

    private static void look() {
        SEEN.add(MDC.get("user") + " " + Context.current().get(USER));
    }

    private static final class LeavingTurn extends WebSocketConsumer {
        LeavingTurn(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            leave();
            return send(text);
        }
    }

    private static final class LeavingCallback extends WebSocketConsumer {
        LeavingCallback(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            CompletionStage<Done> left = database().useHandle(handle -> leave());
            return left.thenCompose(done -> send(text));
        }
    }

    private static final class Blocking extends SyncWebSocketConsumer {
        Blocking(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            leave();
            send(text);
        }
    }

    private static final class Looking extends WebSocketConsumer {
        Looking(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            look();
            return database().useHandle(handle -> look()).thenCompose(done -> send(text));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"turn", "callback", "blocking", "middleware", "page"})
    void isNotSeenByOthers(String guest) throws Exception {
        SEEN.clear();
        for (int round = 0; round < ROUNDS; round++) {
            if (guest.equals("page")) {
                get("/leave");
            } else {
                talk("/ws/" + guest + "/");
            }
        }
        for (int round = 0; round < ROUNDS; round++) {
            talk("/ws/look/");
            get("/look");
        }
        assertThat(SEEN).containsExactly(NOTHING);
    }

    private static void talk(String path) {
        JdkClient client = JdkClient.connect(application.ws(path));
        assertThat(client.send("hello").next()).isEqualTo("hello");
        client.close(1000, "");
        application.awaitNoConnections();
    }

    private static void get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(application.http(path)).build();
        assertThat(JdkClient.http()
                        .send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }
}
