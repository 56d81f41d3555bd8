package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.LayerUnavailableException;
import org.pekkochannels.tls.TestCertificate;

/** Nodes whose connections are encrypted, configured as the guide does it. */
final class ClusterTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<ActorSystem<?>> systems = new ArrayList<>();

    @AfterEach
    void end() {
        systems.forEach(ActorSystem::terminate); // those that could not join may need a while
    }

    private static String tls(Path directory, String name) throws Exception {
        TestCertificate certificate = TestCertificate.make(directory, name, "EC");
        return """
                pekko.remote.artery {
                  transport = tls-tcp
                  ssl.config-ssl-engine {
                    key-store = "%1$s"
                    key-store-password = %2$s
                    key-password = %2$s
                    trust-store = "%1$s"
                    trust-store-password = %2$s
                  }
                }
                """.formatted(certificate.keyStore(), TestCertificate.PASSWORD);
    }

    private ChannelLayer start(String more, int port, int seed) {
        String scheme = "pekko://channels@127.0.0.1:";
        ActorSystem<?> system = ActorSystem.create(
                Behaviors.empty(), "channels", Nodes.config(more + """

                channels.layer { type = cluster }
                pekko.remote.artery.canonical.port = %d
                pekko.cluster.seed-nodes = ["%s%d"]
                """.formatted(port, scheme, seed)));
        systems.add(system);
        return ChannelLayer.get(system);
    }

    @Test
    void onlyNodesWithTheCertificateJoin(@TempDir Path directory) throws Exception {
        String right = tls(directory, "right");
        String wrong = tls(directory, "wrong") + "\nchannels.layer.cluster.join-timeout = 4s";
        int port = TcpProxy.freePort();
        ChannelLayer first = start(right, port, port);
        assertThat(first.started()).succeedsWithin(PATIENCE);
        ChannelLayer stranger = start(wrong, 0, port);
        ChannelLayer plain = start("channels.layer.cluster.join-timeout = 4s", 0, port);
        ChannelLayer second = start(right, 0, port);

        assertThat(second.started()).succeedsWithin(PATIENCE);
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        Channel channel = second.newChannel(events::add);
        second.groupAdd("room", channel).toCompletableFuture().join();
        first.groupSend("room", "said", "secret").toCompletableFuture().join();

        Event event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        assertThat(event.payload(String.class)).isEqualTo("secret");
        for (ChannelLayer other : List.of(stranger, plain)) {
            assertThat(other.started())
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(LayerUnavailableException.class)
                    .withMessageContaining("this node to become a member of the cluster");
        }
        assertThat(first.ready()).succeedsWithin(PATIENCE);
    }
}
