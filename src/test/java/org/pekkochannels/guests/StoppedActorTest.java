package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.Channels;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.ConsumerBehavior;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Scope;

/** An application whose actor is gone, or which has given none: its client gets an answer, and its slot is free. */
@Tag("edge")
final class StoppedActorTest {
    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                "channels.http.max-websockets = 1, pekko.jvm-exit-on-fatal-error = off", StoppedActorTest::endpoints);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static Channels endpoints(Channels channels) {
        return channels.application("ws/null-stage/", new ReturnsNull())
                .application("ws/null-consumer/", ConsumerBehavior.application(context -> null))
                .application("ws/other-type/", scope -> otherType())
                .application("ws/{what}/", scope -> open(scope.pathParameter("what")));
    }

    @SuppressWarnings("unchecked") // as a middleware of a language without generics might
    private static CompletionStage<Opening> otherType() {
        return (CompletionStage<Opening>) (CompletionStage<?>) CompletableFuture.completedFuture("an opening");
    }

    private static CompletionStage<Opening> open(String what) {
        return what.equals("null-opening")
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.completedFuture(new Opening.Proceed(behavior(what)));
    }

    @SuppressWarnings("NullAway") // as an application might
    private static Behavior<Inbound> behavior(String what) {
        return switch (what) {
            case "same" -> Behaviors.same();
            case "unhandled" -> Behaviors.unhandled();
            case "stopped" -> Behaviors.stopped();
            case "stopped-by-a-failing-task" -> Behaviors.stopped(Planted.LINKAGE_ERROR::raise);
            case "null-from-receive" -> Behaviors.receiveMessage(inbound -> null);
            case "null-behavior" -> null;
            case "null-from-setup" -> Behaviors.setup(context -> null);
            case "stops-before" -> Behaviors.receiveMessage(inbound -> Behaviors.stopped());
            default -> Behaviors.receiveMessage(StoppedActorTest::stopAfterAcceptance);
        };
    }

    private static Behavior<Inbound> stopAfterAcceptance(Inbound inbound) {
        if (inbound instanceof Inbound.Connect connect) {
            connect.wire().accept(Acceptance.PLAIN);
            connect.wire().endTurn(true);
            return Behaviors.same();
        }
        return Behaviors.stopped();
    }

    /** A class of its own, so that the log can name it. */
    private static final class ReturnsNull implements Application {
        @Override
        @SuppressWarnings("NullAway")
        public CompletionStage<Opening> open(Scope scope) {
            return null;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "same",
                "unhandled",
                "stopped",
                "stopped-by-a-failing-task",
                "null-behavior",
                "null-from-receive",
                "null-from-setup",
                "stops-before",
                "null-stage",
                "null-opening",
                "null-consumer",
                "other-type"
            })
    void isAnswered500AndLeavesItsSlot(String what) {
        for (int i = 0; i < 2; i++) {
            assertThat(application.refusal("/ws/" + what + "/").statusCode()).isEqualTo(500);
            application.awaitNoConnections();
        }
        assertThat(application.system().whenTerminated().isCompleted())
                .as("the system has ended")
                .isFalse();
    }

    @Test
    void isClosedWith1011AfterItsAcceptance() {
        JdkClient client = JdkClient.connect(application.ws("/ws/stops-after/"));

        client.send("stop");

        assertThat(client.next()).isEqualTo(new JdkClient.Closed(1011, ""));
        application.awaitNoConnections();
    }

    @ParameterizedTest
    @ValueSource(strings = {"same", "null-from-setup", "stopped-by-a-failing-task"})
    void isNamedInTheLog(String what) {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.edge")) {
            application.refusal("/ws/" + what + "/");

            assertThat(log.await("the actor of /ws/" + what + "/ failed")).isNotBlank();
        }
    }

    @Test
    void isNamedInTheLogWhereItStopsBeforeItHasDecided() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.edge")) {
            // At most one such line is written in a second.
            TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
                application.refusal("/ws/stops-before/");
                assertThat(log.soFar("the actor of /ws/stops-before/ stopped before it had accepted or refused"))
                        .isNotEmpty();
                return true;
            });
        }
        application.awaitNoConnections();
    }

    @Test
    void namesTheApplicationThatReturnedNull() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.edge")) {
            application.refusal("/ws/null-stage/");

            assertThat(log.await("/ws/null-stage/")).contains(ReturnsNull.class.getName() + " returned null");
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void cannotBeMadeOfNull() {
        assertThatThrownBy(() -> new Opening.Proceed(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("must not be null");
    }
}
