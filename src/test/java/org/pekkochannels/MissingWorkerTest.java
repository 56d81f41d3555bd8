package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** A worker that is absent for a while, as during its restart, closes with 1013, and is 503 before the acceptance and for pages. */
@Tag("edge")
class MissingWorkerTest {
    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                "",
                channels -> channels.websocket("ws/message/", InAMessage::new)
                        .websocket("ws/blocking/", InABlockingMessage::new)
                        .websocket("ws/connect/", InConnect::new)
                        .application("ws/middleware/", MissingWorkerTest::open)
                        .http(MissingWorkerTest::page));
    }

    @AfterAll
    static void endsLeakFree() {
        application.awaitNoConnections();
        application.close();
    }

    private static final class InAMessage extends WebSocketConsumer {
        InAMessage(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return channelLayer().send("absent", "make", text);
        }
    }

    private static final class InABlockingMessage extends SyncWebSocketConsumer {
        InABlockingMessage(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            channelLayer().send("absent", "make", text).toCompletableFuture().join();
        }
    }

    private static final class InConnect extends WebSocketConsumer {
        InConnect(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return channelLayer().send("absent", "make", "").thenCompose(sent -> accept());
        }
    }

    private static CompletionStage<Done> send(ActorSystem<?> system) {
        ChannelLayer layer = ChannelLayer.get(system);
        return layer.send("absent", layer.event("make", ""));
    }

    private static CompletionStage<Opening> open(Scope scope) {
        return send(application.system()).thenApply(sent -> Refusal.FORBIDDEN);
    }

    private static Route page(ActorSystem<?> system) {
        return Directives.onSuccess(() -> send(system), sent -> Directives.complete("done"));
    }

    private static int codeAfterAMessage(String path) {
        return ((JdkClient.Closed)
                        JdkClient.connect(application.ws(path)).send("go").next())
                .code();
    }

    @Test
    void closesWith1013() {
        assertThat(codeAfterAMessage("/ws/message/")).isEqualTo(1013);
    }

    @Test
    void closesTheBlockingConsumerWith1013() {
        assertThat(codeAfterAMessage("/ws/blocking/")).isEqualTo(1013);
    }

    @Test
    void answers503BeforeTheAcceptance() {
        assertThat(application.refusal("/ws/connect/").statusCode()).isEqualTo(503);
    }

    @Test
    void answers503ForAMiddleware() {
        assertThat(application.refusal("/ws/middleware/").statusCode()).isEqualTo(503);
    }

    @Test
    void answers503ForAPage() throws Exception {
        HttpResponse<String> page = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(application.http("/page")).build(), HttpResponse.BodyHandlers.ofString());

        assertThat(page.statusCode()).isEqualTo(503);
    }
}
