package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.Channels;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.middleware.Endpoint;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Opening;

/** An actor that goes on after its connection has ended is stopped, and its slot is free. */
@Tag("edge")
final class UnstoppedActorTest {
    // A blocked actor must not block the event loop that sees its client leave.
    private static final String CONFIG = """
            channels.consumer.disconnect-timeout = 10ms
            channels.consumer.dispatcher = default
            channels.endpoints.late.handshake-timeout = 50ms
            """;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CompletableFuture<String> stopped = new CompletableFuture<>();
    private final CountDownLatch blocking = new CountDownLatch(1);
    private final RecordedLog log = new RecordedLog("org.pekkochannels.edge");
    private RunningApplication application;

    @BeforeEach
    void start() {
        application = RunningApplication.start(CONFIG, this::endpoints);
        new ChannelsMetrics(application.system()).bindTo(registry);
    }

    @AfterEach
    void stop() {
        blocking.countDown();
        application.close();
        log.close();
    }

    private Channels endpoints(Channels channels) {
        return channels.application("ws/empty/", Endpoint.named("late", scope -> open(Behaviors.empty())))
                .application("ws/{what}/", scope -> open(behavior(scope.pathParameter("what"))));
    }

    private static CompletionStage<Opening> open(Behavior<Inbound> behavior) {
        return CompletableFuture.completedFuture(new Opening.Proceed(behavior));
    }

    private Behavior<Inbound> behavior(String what) {
        return switch (what) {
            case "ignoring" -> accepting(Behaviors::same);
            case "blocking" -> accepting(this::block);
            default -> Behaviors.supervise(accepting(Planted.EXCEPTION::raise)).onFailure(SupervisorStrategy.restart());
        };
    }

    /** Accepts, and does something when the connection has ended. */
    private Behavior<Inbound> accepting(java.util.function.Supplier<Behavior<Inbound>> end) {
        return Behaviors.receive(Inbound.class)
                .onMessage(Inbound.Connect.class, connect -> {
                    connect.wire().accept(Acceptance.PLAIN);
                    connect.wire().endTurn(true);
                    return Behaviors.same();
                })
                .onMessage(Inbound.Closed.class, closed -> end.get())
                .onSignal(PostStop.class, signal -> {
                    stopped.complete("stopped");
                    return Behaviors.same();
                })
                .build();
    }

    private Behavior<Inbound> block() {
        try {
            blocking.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
        return Behaviors.same();
    }

    private double unstopped() {
        return registry.get("channels.websocket.unstopped").functionCounter().count();
    }

    private void assertSlotIsFree(String path) {
        application.awaitNoConnections();
        assertThat(log.await("the actor of " + path))
                .contains("did not stop within 1020ms of Inbound.Closed")
                .contains("channels.consumer.disconnect-timeout")
                .contains("return Behaviors.stopped()");
        assertThat(unstopped()).isOne();
    }

    @Test
    void isStoppedWhenItIgnoresTheEnd() {
        JdkClient.connect(application.ws("/ws/ignoring/")).close(1000, "");

        assertSlotIsFree("/ws/ignoring/");
        assertThat(stopped).succeedsWithin(20, TimeUnit.SECONDS);
    }

    @Test
    void isStoppedWhenItRestartsAtTheEnd() {
        JdkClient.connect(application.ws("/ws/restarting/")).close(1000, "");

        assertSlotIsFree("/ws/restarting/");
        assertThat(stopped).succeedsWithin(20, TimeUnit.SECONDS);
    }

    @Test
    void losesItsSlotWhileItBlocksItsThread() {
        JdkClient.connect(application.ws("/ws/blocking/")).close(1000, "");

        assertSlotIsFree("/ws/blocking/");
        blocking.countDown();
        assertThat(stopped).succeedsWithin(20, TimeUnit.SECONDS);
    }

    @Test
    void isStoppedAfterTheHandshakeTimeout() {
        assertThat(application.refusal("/ws/empty/").statusCode()).isEqualTo(503);

        assertSlotIsFree("/ws/empty/");
    }
}
