package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** What an endpoint's own {@code slow-reader} says holds there, and nowhere else. */
@Tag("edge")
class EndpointSlowReaderTest {
    private static final String CONFIG = """
            channels.websocket { max-outbound-bytes = 64 KiB, slow-reader = %s }
            channels.endpoints {
              close.slow-reader = close
              oldest.slow-reader = drop-oldest
              newest.slow-reader = drop-newest
            }
            """;
    private static final int MESSAGES = 5;
    private static final int ROOM = 3;
    // So large that there is room for three of them.
    private static final String PADDING = "x".repeat(20_000);

    /** Says more in one turn than may wait for its client, which can have read none of it then. */
    private static final class Talker extends WebSocketConsumer {
        Talker(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return IntStream.range(0, MESSAGES)
                    .mapToObj(number -> send(number + PADDING))
                    .reduce((sent, last) -> last)
                    .orElseThrow();
        }
    }

    private static RunningApplication start(String ofAll) {
        return RunningApplication.start(
                CONFIG.formatted(ofAll),
                channels -> channels.websocket("ws/all/", Talker::new)
                        .endpoint("ws/close/", "close", Talker::new)
                        .endpoint("ws/oldest/", "oldest", Talker::new)
                        .endpoint("ws/newest/", "newest", Talker::new));
    }

    /** The numbers of the messages that come, and the code that the connection is closed with. */
    private static String heard(URI endpoint) {
        JdkClient client = JdkClient.connect(endpoint).send("go");
        List<Object> heard = new ArrayList<>(List.of(client.next()));
        if (heard.get(0) instanceof String) {
            heard.addAll(client.next(ROOM - 1));
            heard.add(client.close(1000, ""));
        }
        return heard.stream().map(EndpointSlowReaderTest::words).collect(Collectors.joining(" "));
    }

    private static String words(Object heard) {
        return heard instanceof JdkClient.Closed closed
                ? String.valueOf(closed.code())
                : String.valueOf(heard).replace(PADDING, "");
    }

    @ParameterizedTest
    @CsvSource({"close, 1013", "drop-oldest, 2 3 4 1000", "drop-newest, 0 1 2 1000"})
    void holdsThereWhateverHoldsForAll(String ofAll, String heardOfAll) {
        try (RunningApplication application = start(ofAll)) {
            assertThat(heard(application.ws("/ws/close/"))).isEqualTo("1013");
            assertThat(heard(application.ws("/ws/oldest/"))).isEqualTo("2 3 4 1000");
            assertThat(heard(application.ws("/ws/newest/"))).isEqualTo("0 1 2 1000");
            assertThat(heard(application.ws("/ws/all/"))).isEqualTo(heardOfAll);
            application.awaitNoConnections();
        }
    }
}
