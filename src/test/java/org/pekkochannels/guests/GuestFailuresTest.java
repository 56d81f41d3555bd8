package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.Channels;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.Consumer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Refusal;
import org.slf4j.Logger;

/**
 * Plants what an application's code may throw in each place that runs it: its own client hears of it, a bystander is served
 * on, time is kept, and nothing is lost or left behind. There is room for two WebSockets only, so that a slot that is not freed
 * shows at once.
 */
@Tag("edge")
final class GuestFailuresTest {
    private static final String CONFIG = """
            pekko.jvm-exit-on-fatal-error = off
            channels.http.max-websockets = 2
            channels.websocket.handshake-timeout = 5s
            channels.metrics.global-registry = off
            channels.layer.type = org.pekkochannels.guests.PlantedLayer
            """;

    private static RunningApplication application;
    private static JdkClient bystander;

    @BeforeAll
    static void start() {
        application = RunningApplication.start(CONFIG, GuestFailuresTest::endpoints);
        PlantedObservers.observe(application.system());
        bystander = JdkClient.connect(application.ws("/ws/echo/"));
    }

    /** Proves that no connection, handle, database thread or member is left. */
    @AfterAll
    static void stop() {
        bystander.close(1000, "");
        application.close();
    }

    private static Channels endpoints(Channels channels) {
        return channels.websocket("ws/echo/", Place.Echo::new)
                .websocket(
                        "ws/no-refusal/{kind}/",
                        context -> NoRefusal.valueOf(context.scope().pathParameter("kind"))
                                .refused(context))
                .websocket("ws/interrupted/", context -> new Place.Echo(context) {
                    @Override
                    protected CompletionStage<?> receive(String text) {
                        boolean before = Thread.currentThread().isInterrupted();
                        Thread.currentThread().interrupt();
                        return send("before: " + before);
                    }
                })
                .through(
                        system -> application -> application,
                        routes -> routes.application(
                                "ws/{place}/{planted}/",
                                scope -> Place.valueOf(scope.pathParameter("place"))
                                        .open(scope, Planted.valueOf(scope.pathParameter("planted")))));
    }

    static Stream<Arguments> everythingEverywhere() {
        return Stream.of(Place.values())
                .flatMap(place -> Stream.of(Planted.values()).map(planted -> Arguments.of(place, planted)));
    }

    @AfterEach
    void servesTheOthersOn() {
        bystander.send("still here");
        assertThat(bystander.next()).isEqualTo("still here");
        assertThat(application.system().whenTerminated().isCompleted())
                .as("the system has ended")
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("everythingEverywhere")
    void keepsAFailureWithItsConnection(Place place, Planted planted) {
        String path = "/ws/" + place + "/" + planted + "/";

        if (place.answer() == Place.Answer.REFUSED) {
            HttpResponse<?> refusal = application.refusal(path);
            assertThat(refusal.statusCode()).isEqualTo(500);
        } else {
            isAnswered(JdkClient.connect(application.ws(path)), place.answer());
        }
        application.awaitConnections(1);
    }

    private static void isAnswered(JdkClient client, Place.Answer answer) {
        if (answer == Place.Answer.CLOSED) {
            // It may be closed already.
            CompletableFuture<?> unused = client.socket().sendText("fail", true);
            assertThat(closed(client).code()).isEqualTo(1011);
            return;
        }
        if (answer == Place.Answer.SERVED) {
            client.send("served");
            assertThat(client.next()).isEqualTo("served");
        }
        client.close(1000, "");
    }

    @ParameterizedTest
    @EnumSource
    void answers500WhereARefusalIsMissing(NoRefusal kind) {
        assertThat(application.refusal("/ws/no-refusal/" + kind + "/").statusCode())
                .isEqualTo(500);
        application.awaitConnections(1);
    }

    /** A client that is to be refused, without a proper response. */
    private enum NoRefusal {
        NULL {
            @Override
            Consumer refused(ConsumerContext context) {
                return new Place.Echo(context) {
                    @Override
                    @SuppressWarnings("NullAway")
                    protected CompletionStage<?> connect() {
                        return refuse(null);
                    }
                };
            }
        },
        NULL_OF_A_BLOCKING_CONSUMER {
            @Override
            Consumer refused(ConsumerContext context) {
                return new SyncWebSocketConsumer(context) {
                    @Override
                    @SuppressWarnings("NullAway")
                    protected void connect() {
                        refuse(null);
                    }
                };
            }
        },
        NULL_FROM_ANOTHER_THREAD {
            @Override
            Consumer refused(ConsumerContext context) {
                return new Place.Echo(context) {
                    @Override
                    @SuppressWarnings("NullAway")
                    protected CompletionStage<?> connect() {
                        return CompletableFuture.completedFuture("").thenComposeAsync(text -> refuse(null));
                    }
                };
            }
        },
        WITHOUT_A_BODY {
            @Override
            Consumer refused(ConsumerContext context) {
                return new Place.Echo(context) {
                    @Override
                    @SuppressWarnings("NullAway")
                    protected CompletionStage<?> connect() {
                        return refuse(new Refusal(403, List.of(), null));
                    }
                };
            }
        };

        abstract Consumer refused(ConsumerContext context);
    }

    /** A flag that one callback leaves would close the next channel that its thread reads. */
    @Test
    void clearsTheInterruptFlagThatACallbackLeaves() {
        JdkClient client = JdkClient.connect(application.ws("/ws/interrupted/"));

        try (RecordedLog log = new RecordedLog(Logger.ROOT_LOGGER_NAME)) {
            for (int i = 0; i < 100; i++) {
                client.send("interrupt");
                assertThat(client.next()).isEqualTo("before: false");
                servesTheOthersOn();
            }
            // What runs the actors would find the flag after the turn.
            assertThat(log.soFar("InterruptedException")).isEmpty();
        }

        client.close(1000, "");
        application.awaitConnections(1);
    }

    private static JdkClient.Closed closed(JdkClient client) {
        Object next = client.next();
        return next instanceof JdkClient.Closed closed ? closed : closed(client);
    }
}
