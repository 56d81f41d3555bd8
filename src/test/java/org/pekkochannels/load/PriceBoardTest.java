package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.Consumer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.RunningApplication;

/** A client that reads slowly sees the newest price of each share, and few of the older ones. */
@Tag("edge")
class PriceBoardTest {
    private static final int SHARES = 20;
    private static final int ROUNDS = 250;
    private static final int MESSAGES = SHARES * ROUNDS;
    // 80 MB in all: kernels take some MB for one connection.
    private static final String PADDING = "x".repeat(16 * 1024);
    // Far less than what was sent, and more than a few rounds.
    private static final long MORE_HEAP = 12L << 20;

    /** The price of a share. */
    record Price(String share, int round, String padding) {}

    private static final class Board extends WebSocketConsumer {
        Board(ConsumerContext context) {
            super(context);
            relayLatest("price", event -> event.payload(Price.class).share());
        }

        @Override
        protected CompletionStage<?> connect() {
            return group("prices").add().thenCompose(joined -> accept());
        }
    }

    private static final class SyncBoard extends SyncWebSocketConsumer {
        SyncBoard(ConsumerContext context) {
            super(context);
            relayLatest("price", event -> event.payload(Price.class).share());
        }

        @Override
        protected void connect() {
            group("prices").add();
            accept();
        }
    }

    private static RunningApplication start(boolean blocking) {
        Function<ConsumerContext, Consumer> factory = blocking ? SyncBoard::new : Board::new;
        return RunningApplication.start(
                "channels.websocket { ping-interval = off, write-timeout = 10m }",
                channels -> channels.websocket("ws/", factory));
    }

    /** Sends the rounds, each when the consumer has taken the one before. */
    private static void publish(RunningApplication application) {
        TestProbe<Object> probe = TestProbe.create(application.system());
        for (int round = 0; round < ROUNDS; round++) {
            for (int share = 0; share < SHARES; share++) {
                application.layer().groupSend("prices", "price", new Price("share" + share, round, PADDING));
            }
            long taken = (round + 1L) * SHARES;
            probe.awaitAssert(Duration.ofSeconds(20), Duration.ofMillis(1), () -> {
                assertThat(application.layer().stats().delivered()).isEqualTo(taken);
                return taken;
            });
        }
    }

    /** Reads until it has the last price of each share; returns the number of messages. */
    private static int readToTheEnd(Peer client) throws IOException {
        Map<String, Integer> newest = new HashMap<>();
        int messages = 0;
        while (newest.values().stream().filter(round -> round == ROUNDS - 1).count() < SHARES) {
            JsonNode price = new ObjectMapper().readTree(client.next().text());
            Integer before =
                    newest.put(price.get("share").asText(), price.get("round").asInt());
            assertThat(price.get("round").asInt()).isGreaterThan(before == null ? -1 : before);
            messages++;
        }
        return messages;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void showsTheNewestOfEachAndFewMessages(boolean blocking) throws IOException {
        try (RunningApplication application = start(blocking);
                Peer slow = Peer.open(application.port(), "/ws/")) {
            long before = Heap.used();

            publish(application);

            assertThat(Heap.used() - before).as("more heap").isLessThan(MORE_HEAP);
            int read = readToTheEnd(slow);
            assertThat(read).isLessThan(MESSAGES / 4);
            assertThat(application.server().webSocketStats().replaced()).isEqualTo(MESSAGES - read);
            assertThat(application.server().webSocketStats().shed()).isZero();
        }
    }
}
