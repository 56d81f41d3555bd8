package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.layer.ForwardingLayer;
import org.pekkochannels.settings.Settings;

/** Typing errors in the configuration. */
class UnknownKeysTest {
    private static List<String> warnings(String keys) {
        return warnings(keys, channels -> channels.application("any/", scope -> new CompletableFuture<>()));
    }

    private static List<String> warnings(String keys, UnaryOperator<Channels> endpoints) {
        Config config = ConfigFactory.parseString(keys)
                .withFallback(ConfigFactory.parseString("""
                        channels.http.port = 0
                        channels.database.url = "jdbc:h2:mem:unknown"
                        """))
                .withFallback(ConfigFactory.load())
                .resolve();
        try (RecordedLog log = new RecordedLog(UnknownKeys.class.getName())) {
            endpoints
                    .apply(Channels.load(config))
                    .start()
                    .stop()
                    .toCompletableFuture()
                    .join();
            return log.soFar("");
        }
    }

    @Test
    void areWarnedOfWithTheirPlaceWhenTheServerStarts() {
        List<String> warnings = warnings("""
                channels.http.prot = 80
                channels.websocket.compression.levl = 3
                channels.web-socket { ping-interval = 5s }
                """);

        assertThat(warnings)
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("is ignored; see reference.conf"))
                .anySatisfy(line -> assertThat(line).contains("channels.http.prot (String: 1)"))
                .anySatisfy(line -> assertThat(line).contains("channels.websocket.compression.levl (String: 2)"))
                .anySatisfy(line -> assertThat(line).contains("channels.web-socket.ping-interval (String: 3)"));
    }

    @Test
    void areNoneOfThoseThatThereAre() {
        List<String> warnings = warnings("""
                channels.http.idle-timeout = 50s
                channels.http.allowed-origins { "0" = "https://example.org" }
                channels.endpoints.prices { slow-reader = drop-oldest }
                channels.databases.reporting { url = "jdbc:h2:mem:reports", threads = 1 }
                channels.database.dispatcher { throughput = 2 }
                an.application.of = its own
                """);

        assertThat(warnings).isEmpty();
    }

    @Test
    void areNoneInASectionThatAnotherReads() {
        List<String> warnings = warnings("""
                channels.layer { type = "org.pekkochannels.UnknownKeysTest$OwnLayer", url = "redis://localhost" }
                channels.consumer.dispatcher = channels.own-dispatcher
                channels.own-dispatcher { type = Dispatcher, throughput = 1 }
                channels.endpoints.slow.dispatcher = channels.slow-dispatcher
                channels.slow-dispatcher { throughput = 2 }
                channels.workers { executor = fork-join-executor, fork-join-executor.parallelism-max = 2 }
                """);

        assertThat(warnings).isEmpty();
    }

    @Test
    void areTheSectionsOfEndpointsThatAreNotThere() {
        String keys = "channels.endpoints { prices.slow-reader = drop-oldest, chat.slow-reader = drop-oldest }";

        List<String> warnings = warnings(
                keys, channels -> channels.websocket("prices/", Silent::new).endpoint("chat/", "chat", Silent::new));

        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("channels.endpoints.prices (String: 1) is not used by any endpoint")
                .contains("Channels.endpoint(pattern, \"prices\", factory)");
    }

    private static final class Silent extends WebSocketConsumer {
        Silent(ConsumerContext context) {
            super(context);
        }
    }

    @Test
    void areFoundInTheLayersSectionWhereTheLayerIsOurs() {
        assertThat(warnings("channels.layer.url = x")).hasSize(1).allMatch(line -> line.contains("channels.layer.url"));
    }

    /** A layer with a key of its own. */
    public static final class OwnLayer extends ForwardingLayer {
        public OwnLayer(ExtendedActorSystem system, Settings settings) {
            super(10);
            assertThat(settings.text("url")).isEqualTo("redis://localhost");
        }
    }
}
