package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.DatabaseUnavailableException;
import org.pekkochannels.metrics.ChannelsMetrics;

/** Endpoints as a route for an application's own server. */
class OwnServerTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<ActorTestKit> kits = new ArrayList<>();

    private static final class Silent extends WebSocketConsumer {
        Silent(ConsumerContext context) {
            super(context);
        }
    }

    private Channels applicationWith(String reporting) {
        return applicationWith(reporting, 0);
    }

    private Channels applicationWith(String reporting, int port) {
        ActorTestKit kit = ActorTestKit.create(
                "own-server-test",
                ConfigFactory.parseString("""
                channels.http.port = %d
                channels.metrics.global-registry = off
                channels.database.url = "jdbc:h2:mem:own-server"
                channels.databases.reporting { url = "%s", threads = 1 }
                """.formatted(port, reporting))
                        .withFallback(ConfigFactory.load())
                        .resolve());
        kits.add(kit);
        new ChannelsMetrics(kit.system()).bindTo(registry);
        return Channels.in(kit.system()).websocket("ws/", Silent::new);
    }

    @AfterEach
    void stop() {
        kits.forEach(ActorTestKit::shutdownTestKit);
    }

    @Test
    void opensEveryDatabaseBeforeTheRouteIsGivenOut() {
        Channels application = applicationWith("jdbc:h2:mem:own-reporting");
        assertThat(opened()).isEmpty();

        assertThat(application.route()).isNotNull();

        assertThat(opened()).containsExactlyInAnyOrder("default", "reporting");
    }

    @Test
    void givesOutNoRouteWhereADatabaseDoesNotAnswer() {
        Channels application = applicationWith("postgres://127.0.0.1:1/reporting");

        assertThatThrownBy(application::route)
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("channels.databases.reporting");
    }

    @Test
    void leavesTheActorSystemRunningWhenThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Channels application = applicationWith("jdbc:h2:mem:own-reporting", taken.getLocalPort());
            ActorSystem<?> own = kits.get(0).system();

            assertThatThrownBy(application::start).hasMessageContaining("" + taken.getLocalPort());

            TestProbe<String> probe = TestProbe.create(own);
            own.systemActorOf(
                    Behaviors.setup(context -> {
                        probe.ref().tell("runs on");
                        return Behaviors.stopped();
                    }),
                    "after-the-failed-start",
                    Props.empty());
            probe.expectMessage("runs on");
            assertThat(own.whenTerminated().isCompleted()).isFalse();
        }
    }

    /** The databases whose pools are measured, as they are from their opening on. */
    private Set<String> opened() {
        return registry.find("channels.database.pool.idle").gauges().stream()
                .map(gauge -> gauge.getId().getTag("database"))
                .collect(Collectors.toSet());
    }
}
