package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.JdkClient.Closed;
import org.pekkochannels.http.RunningApplication;

/**
 * Everything at once, at random: connects, messages, database calls, group sends, slow readers, closes and resets.
 *
 * <p>A longer run: {@code -Dsoak.messages=1000000}; another one: {@code -Dsoak.seed=42}.
 */
@Tag("edge")
class SoakTest {
    private static final int MESSAGES = Integer.getInteger("soak.messages", 20_000);
    private static final long SEED = Long.getLong("soak.seed", 20261123L);
    private static final int USERS = 8;
    private static final int ROOMS = 3;
    private static final int BURST = 20;
    // 8 MB in all, more than kernels and the bound, 1 MiB, take for somebody who does not read.
    private static final int FLOOD_FRAMES = 40;
    private static final byte[] FLOOD_FRAME = new byte[200 * 1024];
    private static final long MORE_HEAP = 64L << 20;

    private final Census census = new Census();
    private final AtomicInteger toSend = new AtomicInteger(MESSAGES);
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();
    private final ExecutorService users = Executors.newFixedThreadPool(USERS);
    private final RunningApplication application = RunningApplication.start(
            "channels.websocket { write-timeout = 1m, close-timeout = 1m }",
            channels -> channels.websocket("ws/{room}/", Member::new));

    /** Does what the first word of a message says, and answers with the message. */
    private final class Member extends CountedConsumer {
        private final Group room = group("room-" + scope().pathParameter("room"));

        Member(ConsumerContext context) {
            super(context, census);
            relay("said");
        }

        @Override
        protected CompletionStage<?> connect() {
            return room.add().thenCompose(added -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            CompletionStage<?> work = switch (text.substring(0, text.indexOf(' '))) {
                case "query" -> database().useHandle(handle -> handle.execute("select 1"));
                case "insert" ->
                    database().inTransaction(handle -> handle.execute("insert into soak(text) values (?)", text));
                case "group" -> room.send("said", text);
                case "leave" -> room.discard();
                case "flood" -> flood(FLOOD_FRAMES);
                default -> done();
            };
            return work.thenCompose(worked -> send(text));
        }

        /** A frame per turn. */
        private CompletionStage<Done> flood(int frames) {
            return database().useHandle(handle -> handle.execute("select 1")).thenCompose(used -> {
                send(FLOOD_FRAME);
                return frames == 1 ? done() : flood(frames - 1);
            });
        }
    }

    @AfterEach
    void stopsTheUsers() {
        users.shutdownNow();
    }

    @Test
    @Timeout(value = 12, unit = TimeUnit.HOURS) // as long as it was asked for; each wait within has a limit
    void endsLeakFree() throws Exception {
        try (application) {
            application
                    .database()
                    .useHandle(handle -> handle.execute("create table soak(text varchar)"))
                    .toCompletableFuture()
                    .join();
            long before = Heap.used();

            Random seeds = new Random(SEED);
            List<Future<?>> ends = new ArrayList<>();
            for (int user = 0; user < USERS; user++) {
                Random random = new Random(seeds.nextLong());
                ends.add(users.submit(() -> {
                    use(random);
                    return random;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }

            application.awaitNoConnections();
            census.assertThatEveryoneWentOnce();
            assertThat(answered.get()).isGreaterThanOrEqualTo(MESSAGES);
            assertThat(cut.get()).as("slow readers that were cut").isPositive();
            assertThat(application.layer().stats().members()).isZero();
            assertThat(application.layer().stats().channels()).isZero();
            assertThat(application.database().stats().openHandles()).isZero();
            application
                    .database()
                    .useHandle(handle -> handle.execute("drop table soak"))
                    .toCompletableFuture()
                    .join();
            assertThat(Heap.used() - before).as("more heap").isLessThan(MORE_HEAP);
        }
        Buffers.awaitNoneInUse();
    }

    /** One connection after the other, until all messages are sent. */
    private void use(Random random) throws IOException {
        while (toSend.get() > 0) {
            String path = "/ws/" + random.nextInt(ROOMS) + "/";
            if (random.nextInt(5) == 0) {
                misbehave(path, random);
            } else {
                behave(JdkClient.connect(application.ws(path)), random);
            }
        }
    }

    /** Sends bursts, of which every message is answered in order, then closes and is answered so. */
    private void behave(JdkClient client, Random random) {
        int bursts = 1 + random.nextInt(10);
        for (int i = 0; i < bursts; i++) {
            List<String> burst = burst(random, 1 + random.nextInt(BURST));
            toSend.addAndGet(-burst.size());
            burst.forEach(client::send);
            burst.forEach(text -> assertThat(nextAnswer(client)).isEqualTo(text));
            answered.addAndGet(burst.size());
        }
        int code = random.nextBoolean() ? 1000 : 4000 + random.nextInt(1000);
        client.socket().sendClose(code, "bye").join();
        Object end = client.next();
        while (!(end instanceof Closed)) {
            end = client.next();
        }
        assertThat(((Closed) end).code()).isEqualTo(code);
    }

    private static List<String> burst(Random random, int size) {
        String[] words = {"echo", "echo", "echo", "query", "insert", "group", "leave"};
        List<String> burst = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            burst.add(words[random.nextInt(words.length)] + " " + i + " " + "x".repeat(random.nextInt(2000)));
        }
        return burst;
    }

    /** What others say to the room is JSON, in quotes; answers are not. */
    private static Object nextAnswer(JdkClient client) {
        Object next = client.next();
        while (next instanceof String said && said.startsWith("\"")) {
            next = client.next();
        }
        return next;
    }

    /** Asks for much and reads little, late or nothing of it, or leaves without a word, or in the middle of one. */
    private void misbehave(String path, Random random) throws IOException {
        try (Peer peer = Peer.open(application.port(), path)) {
            peer.write(ClientFrame.text("group before"));
            switch (random.nextInt(5)) {
                case 0 -> peer.write(ClientFrame.text("flood me")).reset();
                case 1 -> readToTheEnd(peer.write(ClientFrame.text("flood me")));
                case 2 -> {
                    peer.write(ClientFrame.text("flood me"));
                    behave(JdkClient.connect(application.ws(path)), random);
                    readToTheEnd(peer);
                }
                case 3 -> peer.write(ClientFrame.text("query half").limit(9)).reset();
                default -> peer.write(ClientFrame.close(4001)).finish();
            }
        }
    }

    /** Reads until it has its answer, or was too slow for it. */
    private void readToTheEnd(Peer peer) throws IOException {
        Peer.Frame frame = peer.next();
        while (frame.opcode() != Peer.Frame.CLOSE && !frame.text().equals("flood me")) {
            frame = peer.next();
        }
        if (frame.opcode() == Peer.Frame.CLOSE) {
            assertThat(frame.closeCode()).isEqualTo(1013);
            cut.incrementAndGet();
        }
    }
}
