package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.RunningApplication;

/** Turns that send more than the edge's buffers hold, to a client that reads slower than they come. */
@Tag("edge")
class LongOutputTest {
    private static final int TURNS = 200;
    private static final int MESSAGES = 100;

    private static final class Talker extends WebSocketConsumer {
        Talker(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return turn(0);
        }

        private CompletionStage<Done> turn(int number) {
            if (number == TURNS) {
                return done();
            }
            for (int message = 0; message < MESSAGES; message++) {
                send(text(number * MESSAGES + message));
            }
            return done().thenComposeAsync(sent -> turn(number + 1));
        }
    }

    private static String text(int number) {
        return number + " ".repeat(number % 900);
    }

    @Test
    void sendsEachMessageWhole() throws Exception {
        try (RunningApplication application = RunningApplication.start(
                        "channels.websocket.max-outbound-bytes = 64 MiB",
                        channels -> channels.websocket("ws/", Talker::new));
                WireClient client = WireClient.connect(application.port(), "/ws/", Optional.empty())) {
            client.send(ClientFrames.text("go"));

            for (int number = 0; number < TURNS * MESSAGES; number++) {
                String heard = new String(client.read().payload(), StandardCharsets.US_ASCII);
                assertThat(heard).isEqualTo(text(number));
            }
            client.close1000();
        }
    }
}
