package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.CloseReason;

/** Hundreds of clients reset their connections, or end their side of them, at any point of their lives. */
@Tag("edge")
class ResetStormTest {
    private static final int CLIENTS = 600;
    private static final int AT_ONCE = 8;
    private static final long SEED = 20261123;
    private static final String NO_TIMEOUT_HELPS =
            "channels { http.header-timeout = 1h, websocket { attach-timeout = 1m, ping-interval = off } }";
    private static final String COUNT = "insert into ends(code) values (?)";

    private final Census census = new Census();

    /** Uses the group and the database in every callback. */
    private final class Member extends CountedConsumer {
        private final Group room = group("room");

        Member(ConsumerContext context) {
            super(context, census);
            relay("said");
        }

        @Override
        protected CompletionStage<?> connect() {
            return room.add()
                    .thenCompose(added -> database().useHandle(handle -> handle.execute("select 1")))
                    .thenCompose(used -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .useHandle(handle -> handle.execute("select 1"))
                    .thenCompose(used -> room.send("said", text));
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            return database()
                    .useHandle(handle -> handle.execute(COUNT, reason.code()))
                    .thenCompose(used -> super.disconnect(reason));
        }
    }

    /** Where a client leaves. */
    private enum Point {
        IN_HEAD,
        IN_CONNECT,
        AFTER_101,
        IN_FRAME,
        AFTER_FRAMES,
        IN_CLOSE
    }

    private static Peer upTo(Point point, int port, Random random) throws IOException {
        Peer peer = Peer.connect(port);
        ByteBuffer head = ClientFrame.upgrade("/ws/");
        ByteBuffer frame = ClientFrame.text("to the room");
        switch (point) {
            case IN_HEAD -> peer.write(head.limit(random.nextInt(head.limit())));
            case IN_CONNECT -> peer.write(head);
            case AFTER_101 -> opened(peer, head);
            case IN_FRAME -> opened(peer, head).write(frame.limit(1 + random.nextInt(frame.limit() - 1)));
            case AFTER_FRAMES -> opened(peer, head).write(frame).write(frame.rewind());
            case IN_CLOSE -> opened(peer, head).write(ClientFrame.close(4000));
        }
        return peer;
    }

    private static Peer opened(Peer peer, ByteBuffer head) throws IOException {
        assertThat(peer.write(head).answer()).isEqualTo(101);
        return peer;
    }

    /** Ends one connection at a random point, in a random way; returns whether the server must have seen its request. */
    private static boolean storm(int port, Random random) throws IOException {
        Point point = Point.values()[random.nextInt(Point.values().length)];
        try (Peer peer = upTo(point, port, random)) {
            if (random.nextInt(3) == 0) {
                peer.finish();
            } else {
                peer.reset();
            }
        }
        return point.compareTo(Point.IN_CONNECT) > 0;
    }

    @Test
    void leavesNothingBehind() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);
        try (RunningApplication application =
                RunningApplication.start(NO_TIMEOUT_HELPS, channels -> channels.websocket("ws/", Member::new))) {
            application
                    .database()
                    .useHandle(handle -> handle.execute("create table ends(code int)"))
                    .toCompletableFuture()
                    .join();
            Random seeds = new Random(SEED);
            List<Future<Boolean>> ended = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(seeds.nextLong());
                ended.add(clients.submit(() -> storm(application.port(), random)));
            }
            int seen = 0;
            for (Future<Boolean> one : ended) {
                seen += one.get() ? 1 : 0;
            }

            application.awaitNoConnections();
            census.assertThatEveryoneWentOnce();
            assertThat(census.came()).isBetween(seen, CLIENTS);
            assertThat(application.layer().stats().members()).isZero();
            assertThat(application.layer().stats().channels()).isZero();
            assertThat(application.database().stats().openHandles()).isZero();
            assertThat(disconnects(application)).isEqualTo(census.came());

            JdkClient.connect(application.ws("/ws/")).close(1000, "");
            application.awaitNoConnections();
        } finally {
            clients.shutdownNow();
        }
    }

    private static int disconnects(RunningApplication application) {
        return application
                .database()
                .withHandle(handle -> handle.createQuery("select count(*) from ends")
                        .mapTo(int.class)
                        .one())
                .toCompletableFuture()
                .join();
    }
}
