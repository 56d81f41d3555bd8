package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.CloseReason;

/** What blocks inside a turn fails there, with the consumer's name and the cure; what runs elsewhere may block. */
class BlockingTurnTest extends ConsumerTestSystem {
    private static final String WHO = "BlockingTurnTest$Careless.receive(String) on /ws/test/";

    /** Does on its turn what it should not. */
    private static final class Careless extends WebSocketConsumer {
        private final Callable<?> blocking;

        Careless(ConsumerContext context, Callable<?> blocking) {
            super(context);
            this.blocking = blocking;
        }

        @Override
        protected CompletionStage<?> receive(String text) throws Exception {
            return send("" + blocking.call());
        }
    }

    /** As a library's class that looks for its plug-ins. */
    private static final class SlowToInitialize {
        static final String ANSWER;

        static {
            LockSupport.parkNanos(1);
            ANSWER = "ready";
        }
    }

    /** Blocks where it may. */
    private static final class Patient extends SyncWebSocketConsumer {
        Patient(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) throws Exception {
            Thread.sleep(1);
            send(text);
        }
    }

    @Test
    void refusesAConnectionInsideATurn() {
        String failure = failureOf(() -> database().jdbi().withHandle(handle -> 1));

        assertThat(failure)
                .contains(WHO + " opened a connection inside its turn")
                .contains("use database().withHandle(..)");
    }

    @Test
    void refusesToWaitForADatabaseStageInsideATurn() {
        CompletableFuture<CompletionStage<Integer>> asked = new CompletableFuture<>();

        String failure = failureOf(() -> {
            asked.complete(database().withHandle(handle -> 1));
            return asked.get().thenApply(one -> one).toCompletableFuture().join();
        });

        assertThat(failure).contains(WHO + " called join() on a stage").contains("continue with thenCompose(..)");
        // It was asked all the same, and its handle is open until it is over.
        assertThat(asked.join()).succeedsWithin(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep", "wait", "future", "latch", "socket"})
    void failsWhenACallbackBlocks(String how) {
        Map<String, Callable<?>> ways = Map.of(
                "sleep", BlockingTurnTest::sleep,
                "wait", BlockingTurnTest::waitForAMonitor,
                "future", () -> new CompletableFuture<String>().get(1, TimeUnit.DAYS),
                "latch", () -> new CountDownLatch(1).await(1, TimeUnit.DAYS),
                "socket", BlockingTurnTest::read);

        String failure = failureOf(java.util.Objects.requireNonNull(ways.get(how)));

        assertThat(failure)
                .contains(WHO + " blocked inside its turn")
                .contains("database().withHandle(..)")
                .contains("at org.pekkochannels.consumer.BlockingTurnTest");
    }

    @Test
    void letsATurnWaitForALockAndDrawRandomNumbers() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Door door = Door.open(
                kit,
                context -> new Careless(context, () -> {
                    lock.lock();
                    try {
                        return UUID.randomUUID().version();
                    } finally {
                        lock.unlock();
                    }
                }));

        lock.lock();
        try {
            door.tell("go");
            while (!lock.hasQueuedThreads()) {
                Thread.onSpinWait();
            }
        } finally {
            lock.unlock();
        }

        assertThat(door.next()).isEqualTo("4");
        door.leave(CloseReason.LOST);
        door.awaitStop();
    }

    @Test
    void letsAClassBeInitializedInsideATurn() {
        Door door = Door.open(kit, context -> new Careless(context, () -> SlowToInitialize.ANSWER));

        door.tell("go");

        assertThat(door.next()).isEqualTo("ready");
        door.leave(CloseReason.LOST);
        door.awaitStop();
    }

    @Test
    void letsABlockingConsumerBlock() {
        Door door = Door.open(kit, Patient::new);

        door.tell("slowly");

        assertThat(door.next()).isEqualTo("slowly");
        door.leave(CloseReason.LOST);
        door.awaitStop();
    }

    private String failureOf(Callable<?> blocking) {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            Door door = Door.open(kit, context -> new Careless(context, blocking));

            door.tell("go");

            assertThat(door.next()).isEqualTo(CloseReason.of(1011));
            door.awaitStop();
            return log.await("Careless.receive(String) on /ws/test/ failed");
        }
    }

    private static String sleep() throws InterruptedException {
        Thread.sleep(TimeUnit.DAYS.toMillis(1));
        return "";
    }

    private static String waitForAMonitor() throws InterruptedException {
        Object monitor = new Object();
        synchronized (monitor) {
            while (Thread.holdsLock(monitor)) {
                monitor.wait(TimeUnit.DAYS.toMillis(1));
            }
        }
        return "";
    }

    private static int read() throws Exception {
        try (ServerSocket silent = new ServerSocket(0);
                Socket socket = new Socket(silent.getInetAddress(), silent.getLocalPort())) {
            return socket.getInputStream().read();
        }
    }
}
