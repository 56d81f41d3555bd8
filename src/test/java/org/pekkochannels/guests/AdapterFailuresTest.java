package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.Channels;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Opening;

/** Plants what the functions of an actor may throw that Pekko runs before the actor's behavior, and so before its guard. */
@Tag("edge")
final class AdapterFailuresTest {
    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = RunningApplication.start("""
                pekko.jvm-exit-on-fatal-error = off
                channels.endpoints.default.dispatcher = default
                channels.endpoints.own.dispatcher = own-dispatcher
                own-dispatcher { type = Dispatcher, executor = thread-pool-executor }
                own-dispatcher.thread-pool-executor.fixed-pool-size = 1
                """, AdapterFailuresTest::endpoints);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static Channels endpoints(Channels channels) {
        return channels.application(
                        "ws/loop/{adapter}/{planted}/",
                        scope -> open(new Opening.Proceed(
                                planting(scope.pathParameter("adapter"), scope.pathParameter("planted")))))
                .application(
                        "ws/{endpoint}/{adapter}/{planted}/",
                        scope -> open(new Opening.Proceed(
                                planting(scope.pathParameter("adapter"), scope.pathParameter("planted")),
                                Optional.of(scope.pathParameter("endpoint")))));
    }

    private static CompletionStage<Opening> open(Opening opening) {
        return CompletableFuture.completedFuture(opening);
    }

    private static Behavior<Inbound> planting(String adapter, String planted) {
        return Behaviors.setup(context -> {
            Runnable plant = Adapter.valueOf(adapter).in(context, Planted.valueOf(planted));
            return Behaviors.receive(Inbound.class)
                    .onMessage(Inbound.Connect.class, connect -> {
                        connect.wire().accept(Acceptance.PLAIN);
                        connect.wire().endTurn(true);
                        return Behaviors.same();
                    })
                    .onMessage(Inbound.Text.class, text -> {
                        plant.run();
                        return Behaviors.same();
                    })
                    .onMessage(Inbound.Closed.class, closed -> Behaviors.stopped())
                    .build();
        });
    }

    private enum Adapter {
        MESSAGE_ADAPTER {
            @Override
            Runnable in(ActorContext<Inbound> context, Planted planted) {
                var adapter = context.messageAdapter(String.class, text -> planted.raise());
                return () -> adapter.tell("adapt this");
            }
        },
        PIPE_TO_SELF {
            @Override
            Runnable in(ActorContext<Inbound> context, Planted planted) {
                return () ->
                        context.pipeToSelf(CompletableFuture.completedFuture("x"), (value, failure) -> planted.raise());
            }
        };

        /** What makes the actor run the function. */
        abstract Runnable in(ActorContext<Inbound> context, Planted planted);
    }

    static Stream<Arguments> everything() {
        return Stream.of("loop", "default", "own")
                .flatMap(dispatcher -> Stream.of(Adapter.values())
                        .flatMap(adapter -> Stream.of(Planted.values())
                                .map(planted -> Arguments.of(dispatcher, adapter, planted))));
    }

    @AfterEach
    void othersAreServedAndNothingIsLost() {
        application.awaitNoConnections();
        assertThat(application.system().whenTerminated().isCompleted())
                .as("the system has ended")
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("everything")
    void isClosedWith1011(String dispatcher, Adapter adapter, Planted planted) {
        JdkClient other = JdkClient.connect(application.ws("/ws/" + dispatcher + "/" + adapter + "/ERROR/"));
        JdkClient client = JdkClient.connect(application.ws("/ws/" + dispatcher + "/" + adapter + "/" + planted + "/"));

        client.send("plant");

        assertThat(client.next()).isEqualTo(new JdkClient.Closed(1011, ""));
        assertThat(other.close(1000, "")).isEqualTo(new JdkClient.Closed(1000, ""));
    }
}
