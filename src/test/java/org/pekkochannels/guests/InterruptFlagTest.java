package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Opening;
import org.slf4j.Logger;

/** An interrupt flag that an application's task or actor leaves on a thread of the default dispatcher, or on an event loop. */
@Tag("edge")
final class InterruptFlagTest {
    private static final int CLIENTS = 4;

    private final CompletableFuture<Integer> handledByChild = new CompletableFuture<>();

    @Test
    void harmsNoConnection() {
        try (RecordedLog log = new RecordedLog(Logger.ROOT_LOGGER_NAME);
                RunningApplication application = RunningApplication.start(
                        "channels.default-dispatcher = pekko",
                        channels -> channels.websocket("ws/echo/", Place.Echo::new))) {
            for (int round = 0; round < 5; round++) {
                serveAmongFlags(application);
            }
            assertThat(log.soFar("failed")).isEmpty();
        }
    }

    private static void serveAmongFlags(RunningApplication application) {
        List<JdkClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            leaveFlag(application);
            clients.add(JdkClient.connect(application.ws("/ws/echo/")));
        }
        for (int message = 0; message < 20; message++) {
            for (JdkClient client : clients) {
                leaveFlag(application);
                client.send("hello");
            }
            clients.forEach(client -> assertThat(client.next()).isEqualTo("hello"));
        }
        clients.forEach(client -> client.close(1000, ""));
        application.awaitNoConnections();
    }

    @Test
    void doesNotStopTheSupervisorOfAnEventLoop() {
        try (RunningApplication application = oneLoop()) {
            JdkClient idle = JdkClient.connect(application.ws("/ws/echo/"));
            // The supervisor hears of the actor's end when the loop has run the actor's task.
            JdkClient.connect(application.ws("/ws/leaving/")).close(1000, "");
            JdkClient fresh = JdkClient.connect(application.ws("/ws/echo/"));
            assertThat(fresh.send("hello").next()).isEqualTo("hello");
            assertThat(idle.send("hello").next()).isEqualTo("hello");
            fresh.close(1000, "");
            idle.close(1000, "");
            application.awaitNoConnections();
        }
    }

    @Test
    void doesNotStopAnActorThatSharesItsParentsDispatcher() {
        try (RunningApplication application = oneLoop()) {
            JdkClient.connect(application.ws("/ws/parent/"));
            assertThat(handledByChild).succeedsWithin(20, TimeUnit.SECONDS);
        }
    }

    private RunningApplication oneLoop() {
        return RunningApplication.start(
                "channels.netty.loops = 1",
                channels -> channels.websocket("ws/echo/", Place.Echo::new)
                        .application("ws/leaving/", scope -> open(leaving()))
                        .application("ws/parent/", scope -> open(parent())));
    }

    private static CompletionStage<Opening> open(Behavior<Inbound> behavior) {
        return CompletableFuture.completedFuture(new Opening.Proceed(behavior));
    }

    /** Leaves a flag with its last task. */
    private static Behavior<Inbound> leaving() {
        return Behaviors.setup(context -> accepting(
                () -> {},
                () -> context.getExecutionContext()
                        .execute(() -> Thread.currentThread().interrupt())));
    }

    /** Has a child that handles two messages, and leaves a flag with each. */
    private Behavior<Inbound> parent() {
        return Behaviors.setup(context -> {
            ActorRef<Integer> child = context.spawn(child(), "child", DispatcherSelector.sameAsParent());
            return accepting(() -> List.of(1, 2).forEach(child::tell), () -> {});
        });
    }

    private Behavior<Integer> child() {
        return Behaviors.receiveMessage(number -> {
            Thread.currentThread().interrupt();
            if (number == 2) {
                handledByChild.complete(number);
            }
            return Behaviors.same();
        });
    }

    private static Behavior<Inbound> accepting(Runnable whenConnected, Runnable whenClosed) {
        return Behaviors.receive(Inbound.class)
                .onMessage(Inbound.Connect.class, connect -> {
                    connect.wire().accept(Acceptance.PLAIN);
                    connect.wire().endTurn(true);
                    whenConnected.run();
                    return Behaviors.same();
                })
                .onMessage(Inbound.Closed.class, closed -> {
                    whenClosed.run();
                    return Behaviors.stopped();
                })
                .build();
    }

    private static void leaveFlag(RunningApplication application) {
        application
                .system()
                .executionContext()
                .execute(() -> Thread.currentThread().interrupt());
    }
}
