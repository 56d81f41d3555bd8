package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.http.RunningApplication;

/**
 * One member of a group of a thousand never reads.
 *
 * <p>It is sent more of each event than the others are, so that all buffers on its way overflow without gigabytes.
 */
@Tag("edge")
class SlowMemberTest {
    private static final int OTHERS = 999;
    private static final int ROUNDS = 6;
    // Fewer than may wait in one channel.
    private static final int ROUND = 20;
    private static final int MESSAGES = ROUNDS * ROUND;
    private static final String PADDING = "x".repeat(500);
    // 30 MB in all: kernels take some MB for one connection, and the bound is 1 MiB.
    private static final int SLOW_PADDING = 256 * 1024;
    private static final long MORE_HEAP = 24L << 20;

    private final Census census = new Census();

    private @SuppressWarnings("NullAway.Init") RunningApplication application;

    private final class Member extends CountedConsumer {
        private final Group room = group("room");

        Member(ConsumerContext context) {
            super(context, census);
            if (scope().queryParameter("slow").isPresent()) {
                on("said", String.class, text -> send("\"" + text + "x".repeat(SLOW_PADDING) + "\""));
            } else {
                relay("said");
            }
        }

        @Override
        protected CompletionStage<?> connect() {
            return room.add().thenCompose(added -> accept());
        }
    }

    private void start(String policy) {
        application = RunningApplication.start(
                "channels.websocket { ping-interval = off, write-timeout = 10m, close-timeout = 1m, slow-reader = "
                        + policy + " }",
                channels -> channels.websocket("ws/", Member::new));
    }

    @AfterEach
    void endsLeakFree() {
        application.awaitNoConnections();
        application.close();
        census.assertThatEveryoneWentOnce();
        assertThat(census.came()).isEqualTo(OTHERS + 1);
    }

    private void broadcast(int number) {
        application
                .layer()
                .groupSend("room", "said", Crowd.numbered(number) + PADDING)
                .toCompletableFuture()
                .join();
    }

    /** Sends in rounds, each of which all others have before the next. */
    private void broadcastToAll(Crowd others) throws IOException {
        long before = Heap.used();
        for (int round = 0; round < ROUNDS; round++) {
            IntStream.range(round * ROUND, (round + 1) * ROUND).forEach(this::broadcast);
            others.awaitEach((round + 1) * ROUND);
        }
        assertThat(Heap.used() - before).as("more heap").isLessThan(MORE_HEAP);
    }

    private static int number(Peer peer) throws IOException {
        return Integer.parseInt(peer.next().text().substring(1, 8));
    }

    @Test
    void isCutWith1013AndNobodyElseIsDelayed() throws Exception {
        start("close");
        try (Peer slow = Peer.open(application.port(), "/ws/?slow=1");
                Crowd others = Crowd.open(OTHERS, application.port(), "/ws/")) {
            broadcastToAll(others);

            assertThat(census.nextEnd().code()).isEqualTo(1013);
            assertThat(census.hasEnds()).isFalse();
            assertThat(application.layer().stats().members()).isEqualTo(OTHERS);
            Peer.Frame last = slow.next();
            for (int number = 0; last.opcode() != Peer.Frame.CLOSE; number++) {
                assertThat(last.text()).startsWith("\"" + Crowd.numbered(number));
                last = slow.next();
            }
            assertThat(last.closeCode()).isEqualTo(1013);
        }
    }

    @Test
    void staysAndGetsTheNewestWhenTheOldestAreDropped() throws Exception {
        start("drop-oldest");
        try (Peer slow = Peer.open(application.port(), "/ws/?slow=1");
                Crowd others = Crowd.open(OTHERS, application.port(), "/ws/")) {
            broadcastToAll(others);

            List<Integer> read = new ArrayList<>(List.of(number(slow)));
            while (read.get(read.size() - 1) < MESSAGES - 1) {
                read.add(number(slow));
            }

            assertThat(read).isSorted().doesNotHaveDuplicates().startsWith(0).hasSizeLessThan(MESSAGES);
            assertThat(read).endsWith(MESSAGES - 2, MESSAGES - 1);
            broadcast(MESSAGES);
            assertThat(number(slow)).isEqualTo(MESSAGES);
            others.awaitEach(MESSAGES + 1);
            assertThat(census.hasEnds()).isFalse();
        }
    }

    @Test
    void staysAndGetsTheOldestWhenTheNewestAreDropped() throws Exception {
        start("drop-newest");
        try (Peer slow = Peer.open(application.port(), "/ws/?slow=1");
                Crowd others = Crowd.open(OTHERS, application.port(), "/ws/")) {
            broadcastToAll(others);

            List<Integer> read = new ArrayList<>();
            int next = MESSAGES;
            for (int number = 0; number < MESSAGES; read.add(number)) {
                // There is always one to be read: an older one, or else this has room.
                broadcast(next);
                next++;
                others.awaitEach(next);
                number = number(slow);
            }

            // A burst may be ahead of the kernel for a moment; what comes once all is full has no room for good.
            List<Integer> old = read.subList(0, read.size() - 1);
            assertThat(old).isSorted().doesNotHaveDuplicates().startsWith(0, 1).hasSizeLessThan(MESSAGES / 2);
            assertThat(old).doesNotContain(MESSAGES - 2, MESSAGES - 1);
            assertThat(census.hasEnds()).isFalse();
        }
    }
}
