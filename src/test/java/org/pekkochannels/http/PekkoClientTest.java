package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.model.ws.TextMessage;
import org.apache.pekko.http.javadsl.model.ws.WebSocketRequest;
import org.apache.pekko.http.javadsl.model.ws.WebSocketUpgradeResponse;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;

/** Pekko HTTP's own WebSocket client, as actor-based applications use it. */
@Tag("edge")
class PekkoClientTest {
    private static final class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return text.equals("bye") ? close() : send(text);
        }
    }

    @Test
    void talksWithPekkosWebSocketClient() throws Exception {
        try (RunningApplication application =
                RunningApplication.start("", channels -> channels.websocket("ws/echo/", Echo::new))) {
            Source<Message, ?> ours = Source.<Message>from(
                            List.of(TextMessage.create("a"), TextMessage.create("b"), TextMessage.create("bye")))
                    .concat(Source.maybe());
            Flow<Message, Message, CompletionStage<List<Message>>> flow =
                    Flow.fromSinkAndSourceMat(Sink.seq(), ours, Keep.left());

            Pair<CompletionStage<WebSocketUpgradeResponse>, CompletionStage<List<Message>>> client = Http.get(
                            application.system())
                    .singleWebSocketRequest(
                            WebSocketRequest.create(application.ws("/ws/echo/").toString()),
                            flow,
                            SystemMaterializer.get(application.system()).materializer());

            assertThat(client.first()
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS)
                            .response()
                            .status())
                    .isEqualTo(StatusCodes.SWITCHING_PROTOCOLS);
            assertThat(client.second().toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .extracting(message -> message.asTextMessage().getStrictText())
                    .containsExactly("a", "b");
            application.awaitNoConnections();
        }
    }
}
