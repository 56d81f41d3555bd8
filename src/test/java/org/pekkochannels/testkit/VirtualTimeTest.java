package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;

@ChannelsTest(config = "channels.endpoints.idle.idle-timeout = 10 minutes")
final class VirtualTimeTest {
    private static final Duration BEAT = Duration.ofSeconds(25);

    private final TestApplication app;

    VirtualTimeTest(TestApplication app) {
        this.app = app;
    }

    static ChannelsServer start(Config config) {
        return Channels.load(config)
                .websocket("ws/beat/", Beat::new)
                .websocket("ws/blocking-beat/", BlockingBeat::new)
                .websocket("ws/hesitant/", Hesitant::new)
                .websocket("ws/later/", Later::new)
                .endpoint("ws/idle/", "idle", Later::new)
                .start();
    }

    private static final class Beat extends WebSocketConsumer {
        Beat(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            every(BEAT, () -> send("beat"));
            return accept();
        }
    }

    private static final class BlockingBeat extends SyncWebSocketConsumer {
        BlockingBeat(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            every(BEAT, () -> send("beat"));
            accept();
        }
    }

    private static final class Hesitant extends WebSocketConsumer {
        Hesitant(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return new CompletableFuture<>();
        }
    }

    private static final class Later extends WebSocketConsumer {
        Later(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            after(Duration.parse(text), () -> send("it is later"));
            return done();
        }
    }

    @Test
    void timersOfConsumersFollowTheTest() {
        for (String path : List.of("/ws/beat/", "/ws/blocking-beat/")) {
            try (WebSocketCommunicator ada = app.connect(path)) {
                app.passes(BEAT.minusMillis(1));
                ada.receivesNothing();

                app.passes(Duration.ofMillis(1));
                assertThat(ada.receiveText()).isEqualTo("beat");
                ada.receivesNothing();

                app.passes(BEAT.multipliedBy(3));
                assertThat(List.of(ada.receiveText(), ada.receiveText(), ada.receiveText()))
                        .containsOnly("beat");
                ada.receivesNothing();
            }
        }
    }

    @Test
    void timeStandsStillByItself() {
        Instant before = TimeSource.of(app.system()).clock().instant();
        try (WebSocketCommunicator ada = app.connect("/ws/later/")) {
            ada.send("PT0.05S");
            ada.receivesNothing();

            assertThat(TimeSource.of(app.system()).clock().instant()).isEqualTo(before);
            app.passes(Duration.ofMillis(50));
            assertThat(ada.receiveText()).isEqualTo("it is later");
            assertThat(TimeSource.of(app.system()).clock().instant()).isEqualTo(before.plusMillis(50));
        }
    }

    @Test
    void anIdleConnectionIsClosedWhenItsTimeHasPassed() {
        try (WebSocketCommunicator ada = app.connect("/ws/idle/")) {
            app.passes(Duration.ofMinutes(9));
            ada.receivesNothing();

            app.passes(Duration.ofSeconds(61));

            assertThat(ada.closed()).isEqualTo(new CloseReason(1001, "idle for too long"));
        }
    }

    @Test
    void aClientThatAnswersNoPingIsCutOff() {
        try (WebSocketCommunicator silent = app.connect("/ws/later/");
                WebSocketCommunicator ada = app.connect("/ws/later/")) {
            silent.ignorePings();

            app.passes(Duration.ofMinutes(2));

            assertThat(silent.closed()).isEqualTo(CloseReason.LOST);
            ada.receivesNothing();
        }
    }

    @Test
    void aClientThatDoesNotReadIsCutOff() {
        try (WebSocketCommunicator slow = app.connect("/ws/beat/")) {
            slow.pauseReading();

            app.passes(Duration.ofMinutes(5));

            assertThat(slow.closed()).isEqualTo(CloseReason.LOST);
        }
    }

    @Test
    void aConsumerThatDoesNotDecideIsAnswered503() {
        WebSocketRequest request = app.request("/ws/hesitant/").send();

        app.passes(Duration.ofSeconds(6));

        assertThat(request.refused().status()).isEqualTo(503);
        // Until then its connect() holds the application.
        app.passes(Duration.ofMinutes(1));
    }

    @Test
    void anHourOfAHundredConnectionsPassesQuickly() {
        List<WebSocketCommunicator> all = IntStream.range(0, 100)
                .mapToObj(number -> app.connect("/ws/beat/"))
                .toList();
        long begin = Ticker.SYSTEM.read();

        app.passes(Duration.ofHours(1));

        // Takes about one second on an idle machine.
        assertThat(Duration.ofNanos(Ticker.SYSTEM.read() - begin)).isLessThan(Duration.ofSeconds(60));
        for (WebSocketCommunicator one : all) {
            for (int beat = 0; beat < Duration.ofHours(1).dividedBy(BEAT); beat++) {
                assertThat(one.receiveText()).isEqualTo("beat");
            }
            one.receivesNothing();
            one.close();
        }
    }

    @Test
    void doesNotPassBackwards() {
        assertThatIllegalArgumentException().isThrownBy(() -> app.passes(Duration.ofSeconds(-1)));
        assertThatThrownBy(() -> new Passage.Real().passes(Duration.ofSeconds(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("TestEdge.MEMORY");
    }
}
