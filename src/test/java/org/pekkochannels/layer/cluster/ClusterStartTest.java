package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;

/** Servers that find each other by their configuration. */
final class ClusterStartTest {
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Config config(int port, int seed, String more) {
        return ConfigFactory.parseString(more)
                .withFallback(ConfigFactory.parseString("""
                        channels.layer { type = cluster, cluster { port = %d, seed-nodes = "127.0.0.1:%d" } }
                        channels.http.port = 0
                        channels.database.url = "jdbc:h2:mem:cluster%d"
                        pekko.cluster.jmx.enabled = off
                        """.formatted(port, seed, port)))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    @Test
    void eventsReachEveryNodeFromTheStartOnAndAfterAnotherHasLeft() throws Exception {
        int port = freePort();
        ChannelsServer first = Channels.load(config(port, port, "")).start();
        ChannelLayer layer = ChannelLayer.get(first.system());
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        try (Channel channel = layer.newChannel(events::add)) {
            layer.groupAdd("room", channel).toCompletableFuture().join();
            ChannelsServer second = Channels.load(config(0, port, "")).start();
            ChannelLayer other = ChannelLayer.get(second.system());
            List<String> texts =
                    IntStream.range(0, 500).mapToObj(Integer::toString).toList();

            texts.forEach(text -> other.groupSend("room", "said", text));
            assertThat(ready(first)).isEqualTo(200);
            second.stop().toCompletableFuture().join();
            layer.groupSend("room", "said", "last").toCompletableFuture().join();

            for (String text : texts) {
                assertThat(next(events)).isEqualTo(text);
            }
            assertThat(next(events)).isEqualTo("last");
            assertThat(layer.stats().lost()).isZero();
        } finally {
            first.stop().toCompletableFuture().join();
        }
    }

    private static int ready(ChannelsServer server) throws Exception {
        URI ready = URI.create("http://127.0.0.1:" + server.address().getPort() + "/ready");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static String next(BlockingQueue<Event> events) throws InterruptedException {
        Event event = events.poll(20, TimeUnit.SECONDS);
        return event == null ? "nothing" : event.payload(String.class);
    }

    @Test
    void theStartNamesWhatItHasWaitedFor() throws IOException {
        Config alone = config(0, freePort(), "channels.layer.cluster.join-timeout = 1s");

        assertThatThrownBy(() -> Channels.load(alone).start())
                .hasMessageContaining("has waited 1s (channels.layer.cluster.join-timeout)")
                .hasMessageContaining("this node to become a member")
                .hasMessageContaining("channels.layer.cluster.seed-nodes");
    }

    /** In an application's own cluster, of which one member uses the layer. */
    @Test
    void waitsForMembersWithTheRoleOnly() throws Exception {
        String role = "channels.layer { type = cluster, cluster { role = web, join-timeout = 1m } }\n";
        ActorSystem<?> worker = ActorSystem.create(Behaviors.empty(), "channels", Nodes.config(""));
        ActorSystem<?> web =
                ActorSystem.create(Behaviors.empty(), "channels", Nodes.config(role + "pekko.cluster.roles = [web]"));
        try {
            Nodes.cluster(worker).join(Nodes.cluster(worker).selfAddress());
            Nodes.cluster(web).join(Nodes.cluster(worker).selfAddress());
            ChannelLayer layer = ChannelLayer.get(web);

            assertThat(layer.started()).succeedsWithin(Duration.ofSeconds(60));
            ProxiedNodes.await(
                    "both are members",
                    () -> Nodes.cluster(web).state().members().size() == 2);
            assertThat(layer.ready()).succeedsWithin(Duration.ofSeconds(60));
        } finally {
            web.terminate();
            worker.terminate();
        }
    }

    @Test
    void aNodeThatUsesTheLayerNeedsTheRole() {
        ActorSystem<?> system = ActorSystem.create(
                Behaviors.empty(),
                "channels",
                Nodes.config("channels.layer { type = cluster, cluster.role = web }, pekko.cluster.roles = [worker]"));
        try {
            assertThatThrownBy(() -> ChannelLayer.get(system))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("channels.layer.cluster.role")
                    .hasMessageContaining("pekko.cluster.roles, was 'web'");
        } finally {
            system.terminate();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"host = \"a b\"", "host = \"\"", "seed-nodes = here", "seed-nodes = \"a:1, b\"", "port = -1"})
    void refusesAddressesThatAreNone(String key) {
        assertThatThrownBy(() -> Channels.load(config(0, 1, "channels.layer.cluster." + key))
                        .start())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("channels.layer.cluster." + key.split(" ", 2)[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pekko.actor.provider = local", "pekko.cluster.downing-provider-class = \"\""})
    void refusesASystemThatCannotBeANode(String key) {
        ActorSystem<?> system = ActorSystem.create(
                Behaviors.empty(), "channels", Nodes.config("channels.layer.type = cluster, " + key));
        try {
            assertThatThrownBy(() -> ChannelLayer.get(system))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("channels.layer.type")
                    .hasMessageContaining(key.split(" ", 2)[0]);
        } finally {
            system.terminate();
        }
    }
}
