package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** A client writes as fast as it can at a consumer that is stuck, or has not decided about it yet. */
@Tag("edge")
class FloodTest {
    private static final int MESSAGE_BYTES = 1024;
    private static final int MESSAGES = 48 * 1024;
    // The kernel's buffers of both ends; what the server itself takes is 64 KiB of read-ahead and one read.
    private static final long MOST_TAKEN = 16L << 20;
    private static final long MORE_HEAP = 8L << 20;
    private static final int ROUND_TRIPS = 50;

    private final Census census = new Census();
    private final CountDownLatch stuck = new CountDownLatch(1);
    private final CompletableFuture<Void> mayGoOn = new CompletableFuture<>();
    private final RunningApplication application = RunningApplication.start(
            "channels.websocket.handshake-timeout = 1m",
            channels -> channels.websocket("ws/flood/", Stuck::new)
                    .websocket("ws/undecided/", Undecided::new)
                    .websocket("ws/echo/", Echo::new));

    private final class Echo extends CountedConsumer {
        Echo(ConsumerContext context) {
            super(context, census);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }

    /** Waits within its first message. */
    private class Stuck extends CountedConsumer {
        private int next;

        Stuck(ConsumerContext context) {
            super(context, census);
        }

        @Override
        protected CompletionStage<?> receive(byte[] bytes) {
            assertThat(ByteBuffer.wrap(bytes).getInt()).isEqualTo(next);
            next++;
            if (next == 1) {
                stuck.countDown();
                return onTurn(mayGoOn);
            }
            return next == MESSAGES ? send("all") : done();
        }
    }

    /** Waits before it accepts. */
    private final class Undecided extends Stuck {
        Undecided(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            stuck.countDown();
            return onTurn(mayGoOn).thenCompose(now -> accept());
        }
    }

    private static ByteBuffer message(int number) {
        return ClientFrame.binary(
                ByteBuffer.allocate(MESSAGE_BYTES).putInt(number).array());
    }

    @AfterEach
    void endsLeakFree() {
        application.awaitNoConnections();
        application.close();
        census.assertThatEveryoneWentOnce();
    }

    @Test
    void isReadNoFurtherUntilTheHandlerGoesOn() throws Exception {
        JdkClient other = JdkClient.connect(application.ws("/ws/echo/"));
        try (Peer flood = Peer.open(application.port(), "/ws/flood/")) {
            flood.write(message(0));
            assertThat(stuck.await(20, TimeUnit.SECONDS)).isTrue();

            flood(flood, 1, other);

            assertThat(flood.next().text()).isEqualTo("all");
        }
        other.close(1000, "");
    }

    @Test
    void isReadNoFurtherUntilTheConsumerHasAccepted() throws Exception {
        JdkClient other = JdkClient.connect(application.ws("/ws/echo/"));
        try (Peer flood = Peer.connect(application.port())) {
            flood.write(ClientFrame.upgrade("/ws/undecided/"));
            assertThat(stuck.await(20, TimeUnit.SECONDS)).isTrue();

            flood(flood, 0, other);

            assertThat(flood.answer()).isEqualTo(101);
            assertThat(flood.next().text()).isEqualTo("all");
        }
        other.close(1000, "");
    }

    /** Writes messages from that number on, up to the last; the consumer may go on when the server takes no more. */
    private void flood(Peer flood, int first, JdkClient other) throws IOException {
        long before = Heap.used();
        flood.channel().configureBlocking(false);
        int number = first;
        ByteBuffer rest = message(number);
        while (taken(flood, rest, other) && number < MESSAGES - 1) {
            number++;
            rest = message(number);
        }

        assertThat((long) number * MESSAGE_BYTES).as("bytes taken").isLessThan(MOST_TAKEN);
        assertThat(Heap.used() - before).as("more heap").isLessThan(MORE_HEAP);

        mayGoOn.complete(null);
        flood.channel().configureBlocking(true);
        flood.write(rest);
        for (number++; number < MESSAGES; number++) {
            flood.write(message(number));
        }
    }

    /** Writes it all, unless the server takes no more: many round trips of somebody else have not made room. */
    private static boolean taken(Peer flood, ByteBuffer bytes, JdkClient other) throws IOException {
        boolean waited = false;
        while (bytes.hasRemaining()) {
            if (flood.channel().write(bytes) > 0) {
                waited = false;
            } else if (waited) {
                return false;
            } else {
                for (int i = 0; i < ROUND_TRIPS; i++) {
                    assertThat(other.send("ping " + i).next()).isEqualTo("ping " + i);
                }
                waited = true;
            }
        }
        return true;
    }
}
