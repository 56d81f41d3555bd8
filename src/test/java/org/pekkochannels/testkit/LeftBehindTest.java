package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.GroupName;

/** Each kind of what a test may leave behind is left once, and its test fails and names it. */
final class LeftBehindTest {
    private static final Map<String, List<String>> NAMED = Map.of(
            "member(TestApplication)", List.of("member of group room_1: ", "added", "LeftBehindTest$Planted.member("),
            "presence(TestApplication)",
                    List.of("presence in group room_1: ada, added", "LeftBehindTest$Planted.presence("),
            "actor(TestApplication)", List.of("actor /system/forgotten "),
            "timer(TestApplication)",
                    List.of("timer of " + Planted.class.getName() + ", set", "LeftBehindTest$Planted.timer("),
            "thread(TestApplication)", List.of("thread, created", "LeftBehindTest$Plants.receive("),
            "handle(TestApplication)",
                    List.of(
                            "still busy",
                            "HoldsAHandle.receive(String) on /ws/handle/",
                            "LeftBehindTest$HoldsAHandle.receive("),
            "socket(TestApplication)", List.of("still busy", "Lingers.disconnect(CloseReason) on /ws/lingers/"));

    private static volatile CountDownLatch released = new CountDownLatch(1);
    private static volatile CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Its tests must fail; only this class runs it. */
    @ChannelsTest
    @TestMethodOrder(MethodOrderer.MethodName.class)
    static final class Planted {
        static ChannelsServer start(Config config) {
            return Channels.load(config)
                    .websocket("ws/plants/", Plants::new)
                    .websocket("ws/handle/", HoldsAHandle::new)
                    .websocket("ws/lingers/", Lingers::new)
                    .start();
        }

        /** Ends what the test before has left, which has failed by now. */
        @BeforeEach
        void release() {
            released.countDown();
            released = new CountDownLatch(1);
            ended.complete(null);
            ended = new CompletableFuture<>();
        }

        @Test
        void member(TestApplication app) {
            channel(app);
        }

        @Test
        void presence(TestApplication app) {
            ChannelLayer layer = ChannelLayer.get(app.system());
            layer.presence()
                    .enter(new GroupName("room_1"), layer.newChannel(event -> {}), "ada", new byte[] {'1'})
                    .toCompletableFuture()
                    .join();
        }

        @Test
        void actor(TestApplication app) {
            app.system().systemActorOf(Behaviors.ignore(), "forgotten", Props.empty());
        }

        @Test
        void timer(TestApplication app) {
            Cancellable unused = app.system()
                    .scheduler()
                    .scheduleOnce(Duration.ofDays(1), () -> {}, app.system().executionContext());
        }

        @Test
        void thread(TestApplication app) {
            app.connect("/ws/plants/").send("thread");
        }

        @Test
        void handle(TestApplication app) {
            app.waitsAtMost(Duration.ofMillis(300)).connect("/ws/handle/").send("hold");
        }

        @Test
        void socket(TestApplication app) {
            app.waitsAtMost(Duration.ofMillis(300)).connect("/ws/lingers/");
        }

        private static void channel(TestApplication app) {
            ChannelLayer layer = ChannelLayer.get(app.system());
            Channel channel = layer.newChannel(event -> {});
            layer.groupAdd(new GroupName("room_1"), channel)
                    .toCompletableFuture()
                    .join();
        }
    }

    private static final class Plants extends WebSocketConsumer {
        Plants(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            Thread thread = new Thread(LeftBehindTest::await, "forgotten");
            thread.setDaemon(true);
            thread.start();
            return done();
        }
    }

    private static final class HoldsAHandle extends SyncWebSocketConsumer {
        HoldsAHandle(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            handle().execute("select 1");
            await();
        }
    }

    private static final class Lingers extends WebSocketConsumer {
        Lingers(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> disconnect(org.pekkochannels.protocol.CloseReason reason) {
            return ended.copy();
        }
    }

    private static void await() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ChannelsTest
    static final class Clean {
        static ChannelsServer start(Config config) {
            return Planted.start(config);
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void leavesNothing(int number, TestApplication app) {
            app.connect("/ws/plants/");
            Channel channel = ChannelLayer.get(app.system()).newChannel(event -> {});
            channel.close();
        }
    }

    @Test
    void namesEachKind() {
        Map<String, String> failures = ContractRun.of(selectClass(Planted.class)).getFailures().stream()
                .collect(Collectors.toMap(
                        failure -> failure.getTestIdentifier().getDisplayName(),
                        failure -> String.valueOf(failure.getException().getMessage())));

        assertThat(failures).containsOnlyKeys(NAMED.keySet());
        NAMED.forEach((test, words) -> assertThat(failures.get(test)).as(test).contains(words));
    }

    @Test
    void passesATestThatLeavesNothing() {
        assertThat(ContractRun.of(selectClass(Clean.class)).getTestsSucceededCount())
                .isEqualTo(2);
    }
}
