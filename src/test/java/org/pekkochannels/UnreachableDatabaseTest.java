package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** A database that cannot be reached closes with 1013, and is 503 before the acceptance and for pages. */
@Tag("edge")
class UnreachableDatabaseTest {
    // Nobody listens there, and H2's client gives up at once.
    private final RunningApplication application = RunningApplication.start(
            """
            channels.database {
              url = "jdbc:h2:tcp://127.0.0.1:1/nowhere"
              fail-fast = off
              connection-timeout = 250ms
            }
            channels.http { ready-checks = [database], ready-check-timeout = 10s }
            """,
            channels -> channels.websocket("ws/message/", InAMessage::new)
                    .websocket("ws/connect/", InConnect::new)
                    .application("ws/middleware/", this::open)
                    .http(UnreachableDatabaseTest::page));

    @AfterEach
    void endsLeakFree() {
        application.awaitNoConnections();
        application.close();
    }

    private static final class InAMessage extends WebSocketConsumer {
        InAMessage(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database().withHandle(handle -> 1).thenCompose(one -> send("done"));
        }
    }

    private static final class InConnect extends SyncWebSocketConsumer {
        InConnect(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            handle();
        }
    }

    /** As a middleware that looks up a session. */
    private CompletionStage<Opening> open(Scope scope) {
        return application.database().withHandle(handle -> Refusal.FORBIDDEN);
    }

    private static Route page(ActorSystem<?> system) {
        return Directives.onSuccess(Database.get(system).withHandle(handle -> 1), one -> Directives.complete("done"));
    }

    @Test
    void closesWith1013() {
        JdkClient client = JdkClient.connect(application.ws("/ws/message/")).send("go");

        assertThat(((JdkClient.Closed) client.next()).code()).isEqualTo(1013);
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
        assertThat(get("/page").statusCode()).isEqualTo(503);
    }

    @Test
    void isNotReadyWhereThatIsAsked() throws Exception {
        HttpResponse<String> ready = get("/ready");

        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).isEqualTo("not ready: database");
        assertThat(get("/alive").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(application.http(path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
