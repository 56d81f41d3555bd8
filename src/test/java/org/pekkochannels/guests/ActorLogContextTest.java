package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Opening;
import org.slf4j.MDC;

/** An actor of {@code Opening.Proceed} begins with an empty logging context (MDC) and leaves none to the others on its thread. */
@Tag("edge")
final class ActorLogContextTest {
    private static final Props ONE_THREAD = DispatcherSelector.fromConfig("one-thread");

    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                """
                one-thread { type = Dispatcher, executor = thread-pool-executor, thread-pool-executor.fixed-pool-size = 1 }
                channels.consumer.dispatcher = one-thread
                """,
                channels -> channels.application(
                        "ws/",
                        scope -> CompletableFuture.completedFuture(
                                new Opening.Proceed(Behaviors.setup(context -> telling(context()))))));
        // Without an actor the dispatcher ends its thread after a second, and its logging context with it.
        application.system().systemActorOf(Behaviors.empty(), "resident", ONE_THREAD);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    /** Answers the first message with what the context was at the actor's start and is now; each message leaves something there. */
    private static Behavior<Inbound> telling(String atStart) {
        return Behaviors.receiveMessage(inbound -> {
            String now = context();
            MDC.put("user", "left by an actor");
            if (inbound instanceof Inbound.Connect connect) {
                connect.wire().accept(Acceptance.PLAIN);
                connect.wire().send(atStart + " " + now);
                connect.wire().endTurn(true);
            }
            return inbound instanceof Inbound.Closed ? Behaviors.stopped() : Behaviors.same();
        });
    }

    private static String context() {
        Map<String, String> entries = MDC.getCopyOfContextMap();
        return entries == null ? "{}" : entries.toString();
    }

    private static String ofANewActor() {
        JdkClient client = JdkClient.connect(application.ws("/ws/"));
        Object told = client.next();
        client.close(1000, "");
        application.awaitNoConnections();
        return (String) told;
    }

    /** What the thread's context is for an actor that is not ours. */
    private static String onTheThread() {
        CompletableFuture<String> seen = new CompletableFuture<>();
        spawn(() -> seen.complete(context()));
        return seen.join();
    }

    private static void spawn(Runnable task) {
        application
                .system()
                .systemActorOf(
                        Behaviors.setup(context -> {
                            task.run();
                            return Behaviors.stopped();
                        }),
                        "task-" + System.nanoTime(),
                        ONE_THREAD);
    }

    @Test
    void seesNothingOfWhatAnotherPutThereAndLeavesNothing() {
        assertThat(ofANewActor()).isEqualTo("{} {}");
        assertThat(ofANewActor()).isEqualTo("{} {}");

        assertThat(onTheThread()).isEqualTo("{}");
    }

    @Test
    void leavesTheContextOfTheThreadAsItWas() {
        spawn(() -> MDC.put("user", "of the application"));
        try {
            assertThat(ofANewActor()).isEqualTo("{} {}");

            assertThat(onTheThread()).isEqualTo("{user=of the application}");
        } finally {
            spawn(MDC::clear);
        }
    }
}
