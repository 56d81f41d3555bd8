package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.SyncGroup;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.RunningApplication;

/** Several loops, whose consumers all send to one group: what a sender says arrives in its order, and all of it. */
class CrossLoopOrderTest {
    private static final int SENDERS = 4;
    private static final int EVENTS = 200;

    /** Passes on what is said in a group, and tells its client when it is a member. */
    private abstract static class Member extends WebSocketConsumer {
        final Group group;

        Member(ConsumerContext context, String name) {
            super(context);
            group = group(name);
            on("said", String.class, this::send);
        }

        @Override
        protected final CompletionStage<?> connect() {
            return group.add().thenCompose(added -> accept()).thenCompose(accepted -> send("here"));
        }
    }

    /** Sends many events to the group, and with each a message to its own client. */
    private static final class Speaker extends Member {
        Speaker(ConsumerContext context) {
            super(context, "room");
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return say(text, 0);
        }

        /** Half of the events after a stage of the database's, and so on another turn. */
        private CompletionStage<Done> say(String who, int number) {
            if (number == EVENTS) {
                return done();
            }
            group.send("said", who + " " + number);
            send("mine " + number);
            return number % 2 == 0
                    ? say(who, number + 1)
                    : database().withHandle(handle -> number + 1).thenCompose(next -> say(who, next));
        }
    }

    private static RunningApplication start(UnaryOperator<Channels> endpoints) {
        return RunningApplication.start(
                "channels { edge = netty, netty.loops = 2, layer.capacity = 100000 }", endpoints);
    }

    /** With few members a loop delivers itself; with many it has others do so. */
    @ParameterizedTest
    @CsvSource({"loop, 8", "loop, 300", "default, 8", "default, 300"})
    void keepsEachSendersOrder(String dispatcher, int members) throws IOException {
        String config = "channels { edge = netty, netty.loops = 4, layer.capacity = 100000, consumer.dispatcher = "
                + dispatcher + " }";
        try (RunningApplication application =
                        RunningApplication.start(config, channels -> channels.websocket("ws/", Speaker::new));
                Peers peers = Peers.open(application.port(), members)) {
            for (int sender = 0; sender < SENDERS; sender++) {
                peers.all().get(sender).write(ClientFrame.text("" + sender));
            }
            for (int member = 0; member < members; member++) {
                assertThatAllCame(peers.all().get(member), member < SENDERS);
            }
        }
    }

    /** Sends one event to many, the next to few, and so on: others deliver the first, and the loop could the second. */
    private static final class Alternating extends Member {
        private final Group few = group("few");

        Alternating(ConsumerContext context) {
            super(context, "many");
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            if (text.equals("listen")) {
                return few.add().thenCompose(added -> send("listening"));
            }
            for (int number = 0; number < EVENTS; number++) {
                (number % 2 == 0 ? group : few).send("said", "event " + number);
            }
            return done();
        }
    }

    @Test
    void keepsTheOrderOfWhatASenderSaysToManyAndToFew() throws IOException {
        try (RunningApplication application = start(channels -> channels.websocket("ws/", Alternating::new));
                Peers peers = Peers.open(application.port(), 300)) {
            Peer listener = peers.all().get(0).write(ClientFrame.text("listen"));
            assertThat(listener.next().text()).isEqualTo("listening");

            peers.all().get(1).write(ClientFrame.text("go"));

            for (int number = 0; number < EVENTS; number++) {
                assertThat(listener.next().text()).isEqualTo("event " + number);
            }
        }
    }

    /** Says one thing on its loop and, when that is on its way, the next from a transaction, and so on. */
    private static final class Recorder extends Member {
        Recorder(ConsumerContext context) {
            super(context, "room");
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return say(0);
        }

        private CompletionStage<Done> say(int number) {
            return number == EVENTS
                    ? done()
                    : group.send("said", "event " + number)
                            .thenCompose(sent -> database()
                                    .useTransaction(
                                            handle -> group.sendAfterCommit(handle, "said", "event " + (number + 1))))
                            .thenCompose(committed -> say(number + 2));
        }
    }

    @Test
    void keepsTheOrderOfWhatASenderSaysOnItsLoopAndAfterACommit() throws IOException {
        try (RunningApplication application = start(channels -> channels.websocket("ws/", Recorder::new));
                Peers peers = Peers.open(application.port(), 300)) {
            peers.all().get(0).write(ClientFrame.text("go"));

            for (Peer peer : peers.all()) {
                for (int number = 0; number < EVENTS; number++) {
                    assertThat(peer.next().text()).isEqualTo("event " + number);
                }
            }
        }
    }

    /** Says things to everybody and to its client, now and when its callback returns. */
    private static final class Blocking extends SyncWebSocketConsumer {
        private final SyncGroup room = group("room");

        Blocking(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            room.send("said", "flushed");
            send("one");
            flush();
            send("two");
            room.send("said", "returned");
            send("three");
        }
    }

    @Test
    void keepsTheOrderOfWhatABlockingConsumerSaysToManyAndToItsClient() throws IOException {
        try (RunningApplication application = start(
                        channels -> channels.websocket("ws/", Recorder::new).websocket("blocking/", Blocking::new));
                Peers peers = Peers.open(application.port(), 300);
                Peer speaker = Peer.open(application.port(), "/blocking/")) {
            for (int i = 0; i < EVENTS; i++) {
                speaker.write(ClientFrame.text("go"));

                assertThat(List.of(
                                speaker.next().text(),
                                speaker.next().text(),
                                speaker.next().text()))
                        .containsExactly("one", "two", "three");
            }
            for (int i = 0; i < EVENTS; i++) {
                assertThat(peers.all().get(299).next().text()).isEqualTo("flushed");
                assertThat(peers.all().get(299).next().text()).isEqualTo("returned");
            }
        }
    }

    private static void assertThatAllCame(Peer peer, boolean speaks) throws IOException {
        int[] next = new int[SENDERS];
        int mine = 0;
        for (int left = SENDERS * EVENTS + (speaks ? EVENTS : 0); left > 0; left--) {
            String[] said = peer.next().text().split(" ", -1);
            int number = Integer.parseInt(said[1]);
            if (said[0].equals("mine")) {
                assertThat(number).as("of its own").isEqualTo(mine++);
            } else {
                assertThat(number).as("of sender " + said[0]).isEqualTo(next[Integer.parseInt(said[0])]++);
            }
        }
    }

    /** All members, each of which is in the room. */
    private record Peers(List<Peer> all) implements AutoCloseable {
        static Peers open(int port, int count) throws IOException {
            Peers peers = new Peers(new ArrayList<>());
            for (int i = 0; i < count; i++) {
                peers.all.add(Peer.open(port, "/ws/"));
            }
            for (Peer peer : peers.all) {
                assertThat(peer.next().text()).isEqualTo("here");
            }
            return peers;
        }

        @Override
        public void close() throws IOException {
            for (Peer peer : all) {
                peer.close();
            }
        }
    }
}
