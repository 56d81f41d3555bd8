package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WorkerConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Opening;

/** A fatal error of one connection: its client is answered, then Pekko ends the system as it is configured. */
@Tag("edge")
final class FatalErrorTest {
    private final AtomicInteger looks = new AtomicInteger();
    private final RunningApplication application = RunningApplication.start(
            "pekko.jvm-exit-on-fatal-error = off, channels.http.ready-check-interval = 0s",
            channels -> channels.readyCheck("planted", system -> failingFatallyAtTheSecondLook())
                    .worker("work", Work::new)
                    .application("ws/application/", scope -> {
                        throw new InternalError("planted");
                    })
                    .application(
                            "ws/actor/",
                            scope -> CompletableFuture.completedFuture(new Opening.Proceed(
                                    Behaviors.receiveMessage(FatalErrorTest::failAfterAcceptance)))));

    private static final class Work extends WorkerConsumer {
        Work(ConsumerContext context) {
            super(context);
            on("fail", String.class, text -> {
                throw new InternalError(text);
            });
        }
    }

    private static Behavior<Inbound> failAfterAcceptance(Inbound inbound) {
        if (inbound instanceof Inbound.Connect connect) {
            connect.wire().accept(Acceptance.PLAIN);
            connect.wire().endTurn(true);
            return Behaviors.same();
        }
        throw new InternalError("planted");
    }

    private CompletionStage<?> failingFatallyAtTheSecondLook() {
        if (looks.getAndIncrement() == 0) {
            throw new IllegalStateException("planted");
        }
        throw new InternalError("planted");
    }

    private void assertThatTheSystemEnds() throws Exception {
        application.system().getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(application.server().connections()).isZero();
    }

    @Test
    void isAnswered500First() throws Exception {
        assertThat(application.refusal("/ws/application/").statusCode()).isEqualTo(500);

        assertThatTheSystemEnds();
    }

    @Test
    void closesWith1011First() throws Exception {
        JdkClient client = JdkClient.connect(application.ws("/ws/actor/"));

        client.send("fail");

        assertThat(client.next()).isEqualTo(new JdkClient.Closed(1011, ""));
        assertThatTheSystemEnds();
    }

    @Test
    void endsTheSystemFromAWorker() throws Exception {
        application.layer().send("work", "fail", "planted");

        assertThatTheSystemEnds();
    }

    @Test
    void endsTheSystemAlsoFromAReadyCheckThatHasFailedBefore() throws Exception {
        HttpRequest ready = HttpRequest.newBuilder(application.http("/ready")).build();
        for (int look = 0; look < 2; look++) {
            assertThat(JdkClient.http()
                            .send(ready, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(503);
        }

        assertThatTheSystemEnds();
    }
}
