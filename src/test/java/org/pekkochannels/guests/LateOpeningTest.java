package org.pekkochannels.guests;

import static java.util.Objects.requireNonNull;

import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.NearOverflow;
import org.pekkochannels.consumer.ConsumerBehavior;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Scope;

/** An application whose stage is completed by a thread that has almost no stack left, at each depth. */
@Tag("edge")
final class LateOpeningTest {
    private static final int REQUESTS = 150;
    private static final Application ECHO = ConsumerBehavior.application(Place.Echo::new);

    private final LinkedBlockingQueue<Late> late = new LinkedBlockingQueue<>();

    /** An answer that is there, and not given yet. */
    private record Late(Opening opening, CompletableFuture<Opening> stage) {
        void give() {
            stage.complete(opening);
        }
    }

    private CompletionStage<Opening> open(Scope scope) {
        CompletableFuture<Opening> stage = new CompletableFuture<>();
        return ECHO.open(scope)
                .thenAccept(opening -> late.add(new Late(opening, stage)))
                .thenCompose(added -> stage);
    }

    @Test
    void answersEachClientAndLosesNoPlace() throws Exception {
        try (RunningApplication application = RunningApplication.start(
                "channels.websocket.handshake-timeout = 5s",
                channels -> channels.application("ws/late/", this::open))) {
            List<CompletableFuture<WebSocket>> clients = new ArrayList<>();
            List<Late> answers = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                clients.add(connect(application));
                answers.add(requireNonNull(late.poll(20, TimeUnit.SECONDS)));
            }
            Iterator<Late> next = answers.iterator();
            next.next().give(); // classes are loaded, and lambdas linked

            NearOverflow.run(() -> {
                if (next.hasNext()) {
                    next.next().give();
                }
            });
            next.forEachRemaining(Late::give);

            clients.stream().flatMap(LateOpeningTest::connected).forEach(WebSocket::abort);
            application.awaitNoConnections();
        }
    }

    private static CompletableFuture<WebSocket> connect(RunningApplication application) {
        return JdkClient.http()
                .newWebSocketBuilder()
                .buildAsync(application.ws("/ws/late/"), new WebSocket.Listener() {});
    }

    /** The client's socket; none if it was refused. */
    private static Stream<WebSocket> connected(CompletableFuture<WebSocket> client) {
        return client.handle((socket, refused) -> Stream.ofNullable(socket))
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
