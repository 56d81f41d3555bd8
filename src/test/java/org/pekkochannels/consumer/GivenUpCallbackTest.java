package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseReason;

/** A blocking callback that was given up, and still runs when {@code disconnect} does. */
class GivenUpCallbackTest extends ConsumerTestSystem {
    private final LinkedBlockingQueue<String> log = new LinkedBlockingQueue<>();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch disconnecting = new CountDownLatch(1);

    // Its time counts for disconnect as well, which is to outlive the callback.
    @Override
    String extraConfig() {
        return """
                channels.consumer.disconnect-timeout = 3s
                channels.database.threads = 2
                """;
    }

    private static final class Listening extends WebSocketConsumer {
        Listening(ConsumerContext context) {
            super(context);
            on("note", String.class, this::send);
        }

        @Override
        protected CompletionStage<?> connect() {
            return group("all").add().thenCompose(joined -> accept());
        }
    }

    private final class Stuck extends SyncWebSocketConsumer {
        private final SyncGroup all = group("all");

        Stuck(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) throws Exception {
            Handle own = handle();
            all.send("note", "said before it was given up");
            inside.countDown();
            disconnecting.await();
            log.add("callback has its own handle: " + handle().equals(own));
            all.send("note", "said since");
            flush();
            all.send("note", "said after its flush");
        }

        @Override
        protected void disconnect(CloseReason reason) {
            Handle own = handle();
            disconnecting.countDown();
            awaitBusy(1);
            log.add("disconnect has its own handle: " + handle().equals(own));
            all.send("note", "good-bye");
        }
    }

    @Test
    void touchesNothingOfDisconnectAndIsNotHeard() throws Exception {
        Door listener = Door.open(kit, Listening::new);
        Door door = Door.open(kit, Stuck::new);
        door.tell("message");
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();

        door.leave(CloseReason.of(1000));

        door.awaitStop();
        assertThat(listener.next()).isEqualTo("good-bye");
        assertThat(log).containsExactly("callback has its own handle: true", "disconnect has its own handle: true");
        listener.leave(CloseReason.of(1000));
        listener.awaitStop();
        assertThat(listener.saidSoFar()).isEmpty();
    }

    private void awaitBusy(int threads) {
        kit.createTestProbe().awaitAssert(() -> {
            assertThat(database().stats().busy()).isEqualTo(threads);
            return true;
        });
    }
}
