package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.SyncWorkerConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.consumer.WorkerConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.NoWorkerException;

/** Groups, channels, workers and presence of an application, in which the test takes part itself. */
@ChannelsTest(over = {TestEdge.MEMORY, TestEdge.HTTP, TestEdge.NETTY})
final class TestChannelTest {
    private static final String MAKE = "thumbnail.make";

    private final TestApplication app;

    TestChannelTest(TestApplication app) {
        this.app = app;
    }

    static ChannelsServer start(Config config) {
        return Channels.load(config)
                .beforeStart(system -> Database.get(system)
                        .useHandle(handle -> handle.execute("create table thumbnail (picture varchar(100))")))
                .websocket("ws/room/{room}/", Room::new)
                .websocket("ws/blocking/{room}/", BlockingRoom::new)
                .websocket("ws/uploads/", Uploads::new)
                .worker("thumbnails", Thumbnails::new)
                .worker("doubles", Doubles::new)
                .start();
    }

    record Said(String who, String text) {}

    record Make(String picture, String reply) {}

    private static final class Room extends WebSocketConsumer {
        private final Group room = group(GroupName.of("room", scope().pathParameter("room")));

        Room(ConsumerContext context) {
            super(context);
            on("room.said", Said.class, said -> send(said.who() + ": " + said.text()));
        }

        @Override
        protected CompletionStage<?> connect() {
            return room.add()
                    .thenCompose(joined -> presence(room).enter(scope().query(), "online"))
                    .thenCompose(entered -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return room.sendToOthers("room.said", new Said(scope().query(), text));
        }
    }

    private static final class BlockingRoom extends SyncWebSocketConsumer {
        BlockingRoom(ConsumerContext context) {
            super(context);
            on("room.said", Said.class, said -> send(said.who() + ": " + said.text()));
        }

        @Override
        protected void connect() {
            group(GroupName.of("room", scope().pathParameter("room"))).add();
            accept();
        }
    }

    private static final class Uploads extends WebSocketConsumer {
        Uploads(ConsumerContext context) {
            super(context);
            on("thumbnail.made", String.class, this::send);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return channelLayer().send(text, MAKE, new Make("ada.png", channelName()));
        }
    }

    private static final class Thumbnails extends SyncWorkerConsumer {
        Thumbnails(ConsumerContext context) {
            super(context);
            on(MAKE, Make.class, this::make);
        }

        private void make(Make job) {
            if (job.picture().isEmpty()) {
                throw new IllegalStateException("no picture");
            }
            handle().execute("insert into thumbnail values (?)", job.picture());
            channelLayer().send(job.reply(), "thumbnail.made", "small " + job.picture());
        }
    }

    private static final class Doubles extends WorkerConsumer {
        Doubles(ConsumerContext context) {
            super(context);
            on(MAKE, Make.class, job -> channelLayer().send(job.reply(), "thumbnail.made", "two " + job.picture()));
        }
    }

    @Test
    void anEventOfTheTestReachesTheMembersOfAGroup() {
        WebSocketCommunicator ada = app.connect("/ws/room/lobby/?ada");
        WebSocketCommunicator bob = app.connect("/ws/blocking/lobby/");
        WebSocketCommunicator eve = app.connect("/ws/room/garden/?eve");

        app.group("room_lobby").send("room.said", new Said("test", "hello"));

        assertThat(ada.receiveText()).isEqualTo("test: hello");
        assertThat(bob.receiveText()).isEqualTo("test: hello");
        eve.receivesNothing();
    }

    @Test
    void theTestReceivesWhatConsumersSendToAGroup() {
        TestChannel member = app.group("room_court").join();
        WebSocketCommunicator ada = app.connect("/ws/room/court/?ada");
        assertThat(app.group("room_court").size()).isEqualTo(2);
        member.receivesNothing();

        ada.send("hello");

        assertThat(member.receive("room.said", Said.class)).isEqualTo(new Said("ada", "hello"));
        member.receivesNothing();
        member.close();
        assertThat(app.group("room_court").size()).isEqualTo(1);
    }

    @Test
    void listsWhoIsPresent() {
        app.connect("/ws/room/hall/?ada");
        app.connect("/ws/room/hall/?bob");
        app.connect("/ws/room/hall/?bob");

        assertThat(app.group("room_hall").present()).containsExactly("ada", "bob");
        assertThat(app.group("room_hall").presence())
                .hasSize(3)
                .allSatisfy(entry -> assertThat(entry.meta(String.class)).isEqualTo("online"));

        assertThat(app.group("room_empty").present()).isEmpty();
    }

    @Test
    void aWorkerDoesWhatTheTestSendsIt() {
        TestChannel replies = app.channel();

        app.send("thumbnails", MAKE, new Make("cat.png", replies.name()));
        app.send("doubles", MAKE, new Make("cat.png", replies.name()));

        assertThat(replies.receive().payload(String.class)).endsWith("cat.png");
        assertThat(replies.receive().payload(String.class)).endsWith("cat.png");
        app.settles();
        long rows = app.database()
                .withHandle(handle -> handle.createQuery("select count(*) from thumbnail where picture = 'cat.png'")
                        .mapTo(long.class)
                        .one());
        assertThat(rows).isOne();
        assertThat(app.failure()).isEmpty();
    }

    @Test
    void aWorkersFailureIsSeen() {
        app.send("thumbnails", MAKE, new Make("", "nobody"));

        assertThat(app.failure()).get().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theTestPlaysAWorker() {
        TestChannel scanner = app.worker("scanner");
        WebSocketCommunicator ada = app.connect("/ws/uploads/");

        ada.send("scanner");

        Make job = scanner.receive(MAKE, Make.class);
        assertThat(job.picture()).isEqualTo("ada.png");
        app.send(job.reply(), "thumbnail.made", "clean");
        assertThat(ada.receiveText()).isEqualTo("clean");
        assertThat(ada.send("doubles").receiveText()).isEqualTo("two ada.png");
        scanner.receivesNothing();
    }

    @Test
    void aWorkerThatExistsIsNotPlayed() {
        assertThatIllegalStateException()
                .isThrownBy(() -> app.worker("doubles"))
                .withMessageContaining("the application has a worker 'doubles'");
        assertThatIllegalArgumentException().isThrownBy(() -> app.worker("a b"));
        assertThatThrownBy(() -> app.send("nobody", MAKE, new Make("", "")))
                .isInstanceOf(AssertionError.class)
                .hasCauseInstanceOf(NoWorkerException.class);
    }

    @Test
    void saysWhatArrivedInsteadOfTheExpectedEvent() {
        TestChannel member = app.group("room_yard").join();
        assertThatThrownBy(member::receive)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected an event, but the application has nothing left to do");

        app.group("room_yard").send("room.said", new Said("test", "hello"));
        assertThatThrownBy(member::receivesNothing)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected nothing, received room.said {\"who\":\"test\"");
        assertThatThrownBy(() -> member.receive("room.left", Said.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected an event of type room.left, received room.said");

        app.group("room_yard").send("room.said", 42);
        assertThatThrownBy(() -> member.receive("room.said", Said.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected a payload of Said, received room.said 42");
    }

    @Test
    void receivesAllOfManyEvents() {
        TestChannel member = app.group("room_many").join();
        for (int i = 0; i < 1000; i++) {
            app.group("room_many").send("room.number", i);
        }

        for (int i = 0; i < 1000; i++) {
            assertThat(member.receive("room.number", Integer.class)).isEqualTo(i);
        }
    }
}
