package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.model.ws.TextMessage;
import org.apache.pekko.http.javadsl.model.ws.WebSocketRequest;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chat with Pekko HTTP's own WebSocket client. */
@Tag("edge")
final class PekkoClientTest {
    @Test
    void talksToTheChat(@TempDir Path directory) {
        ActorTestKit client = ActorTestKit.create();
        try (ExampleServer server = ExampleServer.start(directory)) {
            // Source.maybe keeps the socket open until the answer is there.
            Flow<Message, Message, CompletionStage<Message>> hello = Flow.fromSinkAndSourceCoupledMat(
                    Sink.<Message>head(),
                    Source.<Message>single(TextMessage.create("{\"message\":\"hello\"}"))
                            .concat(Source.maybe()),
                    Keep.left());

            Message heard = Http.get(client.system())
                    .singleWebSocketRequest(
                            WebSocketRequest.create(
                                    server.socket("/ws/chat/lobby/").toString()),
                            hello,
                            SystemMaterializer.get(client.system()).materializer())
                    .second()
                    .toCompletableFuture()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();

            assertThat(heard.asTextMessage().getStrictText()).isEqualTo("{\"message\":\"hello\"}");
        } finally {
            client.shutdownTestKit();
        }
    }
}
