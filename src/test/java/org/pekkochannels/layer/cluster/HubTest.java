package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelBounds;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LocalChannels;
import org.pekkochannels.settings.Settings;

/** What hubs do beyond the contract. */
final class HubTest {
    private static final GroupName ROOM = new GroupName("room");
    private static final int MANY = 9_999;
    private static Nodes nodes;

    @BeforeAll
    static void join() throws InterruptedException {
        nodes = new Nodes(2);
    }

    @AfterAll
    static void leave() {
        nodes.close();
    }

    private static ClusterLayer layer(int index) {
        ClusterSettings settings =
                new ClusterSettings(ChannelLayer.DEFAULT_MAX_EVENT, 8 << 20, Duration.ofSeconds(30));
        Settings section = Settings.of(ConfigFactory.load(), "channels.layer");
        var system = nodes.systems().get(index);
        return new ClusterLayer(system, settings, new LocalChannels(system, ChannelBounds.of(section)));
    }

    private static void introduce(ClusterLayer... layers) throws Exception {
        Set<ActorRef<HubMessage>> hubs = List.of(layers).stream().map(ClusterLayer::hub).collect(Collectors.toSet());
        for (ClusterLayer layer : layers) {
            layer.hub().tell(new HubMessage.Found(hubs));
        }
        for (ClusterLayer layer : layers) {
            ProxiedNodes.await(
                    "hubs greet each other",
                    () -> layer.peers().all().stream()
                                    .filter(OtherNode::isComplete)
                                    .count()
                            == layers.length - 1);
        }
    }

    private static void end(ClusterLayer... layers) {
        for (ClusterLayer layer : layers) {
            layer.leave().toCompletableFuture().join();
        }
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static int listed(ChannelLayer layer) {
        return layer.presence().list(ROOM).toCompletableFuture().join().size();
    }

    @Test
    void aNodeThatJoinsReceivesTenThousandEntries() throws Exception {
        ClusterLayer first = layer(0);
        ClusterLayer second = layer(1);
        List<Channel> channels = new CopyOnWriteArrayList<>();
        for (int i = 0; i < MANY; i++) {
            if (i % 16 == 0) {
                channels.add(first.newChannel(event -> {}));
            }
            first.presence()
                    .enter(ROOM, channels.get(i / 16), "user-" + i, json("{\"n\":" + i + "}"))
                    .toCompletableFuture()
                    .join();
        }

        introduce(first, second);

        ProxiedNodes.await("all entries arrive", () -> listed(second) == MANY);
        Channel own = second.newChannel(event -> {});
        second.presence().enter(ROOM, own, "here", json("1")).toCompletableFuture().join();
        ProxiedNodes.await("the entry of the second arrives", () -> listed(first) == MANY + 1);
        end(first, second);
    }

    @Test
    void aHubSurvivesItsFailuresAndDropsOnlyWhatItCannotRead() throws Exception {
        ClusterLayer first = layer(0);
        ClusterLayer second = layer(1);
        introduce(first, second);
        List<Event> events = new CopyOnWriteArrayList<>();
        Channel channel = second.newChannel(events::add);
        second.groupAdd(ROOM, channel).toCompletableFuture().join();

        second.hub().tell(new HubMessage.Demand(null));
        second.hub().tell(new HubMessage.Arrived(null));
        first.peers().all().get(0).queue().add(new byte[] {9, 9, 9});
        first.groupSend("room", "said", "after").toCompletableFuture().join();
        first.groupSend("room", "said", "later").toCompletableFuture().join();

        ProxiedNodes.await(
                "the last event arrives",
                () -> !events.isEmpty()
                        && !events.get(events.size() - 1).isMark()
                        && events.get(events.size() - 1).payload(String.class).equals("later"));
        assertThat(events.get(0).gap()).isPresent();
        assertThat(second.stats().lost()).isPositive();
        end(first, second);
    }
}
