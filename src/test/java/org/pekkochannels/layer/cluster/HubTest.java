package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.Planted;
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
        Settings section = Settings.of(ConfigFactory.load(), "channels.layer");
        return layer(index, new LocalChannels(nodes.systems().get(index), ChannelBounds.of(section)));
    }

    private static ClusterLayer layer(int index, LocalChannels local) {
        ClusterSettings settings =
                new ClusterSettings(ChannelLayer.DEFAULT_MAX_EVENT, 8 << 20, Duration.ofSeconds(30), "");
        return new ClusterLayer(nodes.systems().get(index), settings, local);
    }

    private static void end(ClusterLayer... layers) {
        for (ClusterLayer layer : layers) {
            layer.leave().toCompletableFuture().join();
        }
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
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

        nodes.introduce(List.of(first, second));

        ProxiedNodes.await("all entries arrive", () -> listed(second) == MANY);
        Channel own = second.newChannel(event -> {});
        second.presence()
                .enter(ROOM, own, "here", json("1"))
                .toCompletableFuture()
                .join();
        ProxiedNodes.await("the entry of the second arrives", () -> listed(first) == MANY + 1);
        end(first, second);
    }

    @Test
    void isReadyWhileItExchangesEventsWithEveryMember() throws Exception {
        ClusterLayer first = layer(0);
        ClusterLayer second = layer(1);

        assertThat(first.ready())
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withMessageContaining(
                        "the node " + Nodes.cluster(nodes.systems().get(1)).selfAddress());
        nodes.introduce(List.of(first, second));
        assertThat(first.ready()).succeedsWithin(Duration.ofSeconds(20));
        second.leave().toCompletableFuture().join();
        ProxiedNodes.await(
                "the node of the second is a member without a hub",
                () -> first.ready().toCompletableFuture().isCompletedExceptionally());
        end(first);
    }

    @Test
    @SuppressWarnings("NullAway") // what fails
    void aHubSurvivesItsFailuresAndDropsOnlyWhatItCannotRead() throws Exception {
        ClusterLayer first = layer(0);
        ClusterLayer second = layer(1);
        nodes.introduce(List.of(first, second));
        List<Event> events = new CopyOnWriteArrayList<>();
        Channel channel = second.newChannel(events::add);
        second.groupAdd(ROOM, channel).toCompletableFuture().join();

        second.hub().tell(new HubMessage.Demand(null));
        second.hub().tell(new HubMessage.Arrived(null));
        first.peers().all().get(0).queue().add(new byte[] {9, 9, 9});
        first.groupSend("room", "said", "after").toCompletableFuture().join();
        ProxiedNodes.await("there is a gap", () -> second.stats().lost() > 0);
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

    @ParameterizedTest
    @EnumSource
    void anEventThatCannotBeDeliveredIsLostAndTheNextOneArrives(Planted planted) throws Exception {
        AtomicBoolean fails = new AtomicBoolean();
        ClusterLayer first = layer(0);
        ClusterLayer second = layer(1, new LocalChannels(100, Duration.ofMinutes(1), () -> {
            if (fails.getAndSet(false)) {
                planted.raise();
            }
            return System.nanoTime();
        }));
        nodes.introduce(List.of(first, second));
        List<Event> events = new CopyOnWriteArrayList<>();
        Channel channel = second.newChannel(events::add);
        second.groupAdd(ROOM, channel).toCompletableFuture().join();

        fails.set(true);
        first.groupSend("room", "said", "lost").toCompletableFuture().join();
        first.groupSend("room", "said", "next").toCompletableFuture().join();

        ProxiedNodes.await("a gap and the next event arrive", () -> events.size() == 2);
        assertThat(events.get(0).gap()).isPresent();
        assertThat(events.get(1).payload(String.class)).isEqualTo("next");
        assertThat(second.stats().lost()).isEqualTo(1);
        end(first, second);
    }

    @Test
    void aSmallGroupDoesNotWaitForALargeOne() throws Exception {
        ClusterLayer first = layer(0);
        ClusterLayer second = layer(1);
        nodes.introduce(List.of(first, second));
        CountDownLatch blocked = new CountDownLatch(1);
        List<String> large = new CopyOnWriteArrayList<>();
        List<String> small = new CopyOnWriteArrayList<>();
        second.groupAdd("large", second.newChannel(event -> await(blocked)));
        for (int i = 0; i < DeliveryQueue.MANY_MEMBERS; i++) {
            second.groupAdd("large", second.newChannel(event -> large.add(event.payload(String.class))));
        }
        second.groupAdd("small", second.newChannel(event -> small.add(event.payload(String.class))));

        for (String text : List.of("one", "two")) {
            first.groupSend("large", "said", text);
            first.groupSend("small", "said", text);
        }

        ProxiedNodes.await("the events of the small group arrive", () -> small.equals(List.of("one", "two")));
        assertThat(large).isEmpty();
        blocked.countDown();
        ProxiedNodes.await("those of the large one, too", () -> large.size() == 2 * DeliveryQueue.MANY_MEMBERS);
        assertThat(large).startsWith("one").endsWith("two");
        end(first, second);
    }

    @Test
    void aBatchOfAnUnknownVersionIsAGapAndTheConnectionGoesOn() throws Exception {
        ClusterLayer layer = layer(1);
        List<Event> events = new CopyOnWriteArrayList<>();
        layer.groupAdd(ROOM, layer.newChannel(events::add))
                .toCompletableFuture()
                .join();
        ActorSystem<?> system = nodes.systems().get(0);

        ActorRef<HubMessage> planted = system.systemActorOf(
                PlantedHub.create(
                        List.of(said("before"), new EventBatch("batch/9", new byte[] {1, 2, 3}), said("after"))),
                "planted-hub",
                Props.empty());
        layer.hub()
                .tell(new HubMessage.Found(
                        Set.of(Nodes.remote(planted, system, nodes.systems().get(1)))));

        ProxiedNodes.await("what follows arrives", () -> events.size() == 3);
        assertThat(events.get(0).payload(String.class)).isEqualTo("before");
        assertThat(events.get(1).gap()).isPresent();
        assertThat(events.get(2).payload(String.class)).isEqualTo("after");
        assertThat(layer.stats().lost()).isEqualTo(1);
        end(layer);
    }

    private static EventBatch said(String text) {
        byte[] event = Transfer.toGroup(ROOM, null, Event.of("said", text));
        return BatchWriter.write(
                new BatchWriter.Content(new NodeQueue.Taken(0, List.of(event)), null, Optional.empty(), false, false));
    }

    /** A failure of the serializer would break the connection. */
    @ParameterizedTest
    @ValueSource(strings = {"batch/9", "hello/9", "farewell/1"})
    void readsAMessageOfAnUnknownVersionAsOneThatIsNotUnderstood(String manifest) {
        var system = (ExtendedActorSystem) Adapter.toClassic(nodes.systems().get(0));

        Object read = new ClusterSerializer(system).fromBinary(new byte[] {1, 2, 3}, manifest);

        if (read instanceof EventBatch batch) {
            assertThat(batch.isKnown()).isFalse();
        } else {
            assertThat(read).isEqualTo(new HubMessage.Unknown(manifest));
        }
    }
}
