package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.ConsumerOverloadedException;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.tls.TestCertificate;
import org.pekkochannels.websocket.ClientDeflate;
import org.pekkochannels.websocket.WebSocketStats;
import org.pekkochannels.websocket.WireClient;

/** Many threads send through one consumer, on real sockets. {@code -Dchannels.proofs=true} sends more. */
@Tag("edge")
class CallsFromOtherThreadsTest {
    private static final int THREADS = 8;
    private static final int SENDS = Boolean.getBoolean("channels.proofs") ? 20_000 : 500;
    private static final int AWAITED = 100;
    private static final int RESETS = 30;

    // Large enough for whatever the test's own client has not read yet.
    private static final String ROOM = """
            channels.websocket { max-outbound-bytes = 64 MiB, compression { enabled = on, threshold = 256 } }
            channels.netty.loops = 2
            """;

    @TempDir
    static Path directory;

    private final LinkedBlockingQueue<Open> consumers = new LinkedBlockingQueue<>();

    /** A consumer that lets every thread call it. */
    private static final class Open extends WebSocketConsumer {
        private final CompletableFuture<String> connected = new CompletableFuture<>();
        private volatile boolean held;
        private volatile boolean gone;
        private volatile Optional<Open> peer = Optional.empty();

        Open(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return scope().queryParameter("late").isPresent() ? onTurn(connected) : accept();
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            if (text.equals("hold")) {
                held = true;
                while (held) {
                    Thread.onSpinWait();
                }
                return done();
            }
            return peer.isPresent() ? peer.get().push(text) : send(text);
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            gone = true;
            return done();
        }

        CompletionStage<Done> push(String text) {
            return send(text);
        }

        CompletionStage<Boolean> taken() {
            return drained();
        }

        CompletionStage<Done> admit() {
            return accept();
        }
    }

    private RunningApplication start(String config) {
        return RunningApplication.start(
                ROOM + config,
                channels -> channels.websocket("ws/", context -> {
                    Open made = new Open(context);
                    consumers.add(made);
                    return made;
                }));
    }

    private Open consumer() throws InterruptedException {
        return Objects.requireNonNull(consumers.poll(20, TimeUnit.SECONDS));
    }

    private static void onEachThread(IntConsumer work) {
        List<Thread> threads = IntStream.range(0, THREADS)
                .mapToObj(number -> new Thread(() -> work.accept(number)))
                .toList();
        threads.forEach(Thread::start);
        threads.forEach(thread -> {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Unlike any other, of up to 900 bytes, and now and then worth compressing. */
    private static String text(int thread, int number) {
        return thread + " " + number + " " + "\u00e5".repeat(number % 450);
    }

    private static void sendAll(Open consumer, int thread) {
        for (int number = 0; number < SENDS; number++) {
            CompletionStage<Done> sent = consumer.push(text(thread, number));
            if (number % AWAITED == AWAITED - 1) {
                sent.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
            }
        }
    }

    private static WireClient connect(int port, Optional<TestCertificate> tls, Optional<String> extensions)
            throws Exception {
        Socket socket = tls.isEmpty()
                ? new Socket()
                : tls.get().client().getSocketFactory().createSocket();
        return WireClient.connect(socket, port, "/ws/", extensions);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void arriveWholeInEachThreadsOrder(boolean tls, boolean compressed) throws Exception {
        Optional<TestCertificate> certificate =
                tls ? Optional.of(TestCertificate.make(directory, "c" + compressed, "EC")) : Optional.empty();
        Optional<String> extensions = compressed ? Optional.of("permessage-deflate") : Optional.empty();
        try (RunningApplication application =
                        start(certificate.map(TestCertificate::keyStoreConfig).orElse(""));
                WireClient client = connect(application.port(), certificate, extensions);
                ClientDeflate deflate = new ClientDeflate()) {
            assertThat(client.extensions().isPresent()).isEqualTo(compressed);
            Open consumer = consumer();
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(() -> onEachThread(thread -> sendAll(consumer, thread)));
            int[] next = new int[THREADS];

            for (int read = 0; read < THREADS * SENDS; read++) {
                String heard = new String(deflate.inflated(client.read()), StandardCharsets.UTF_8);
                int thread = heard.charAt(0) - '0';
                assertThat(heard).isEqualTo(text(thread, next[thread]++));
            }
            sending.get(60, TimeUnit.SECONDS);
            client.close1000();
        }
    }

    @Test
    void arriveOrFailWhenNothingIsAwaited() throws Exception {
        AtomicInteger failed = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (RunningApplication application = start("");
                WireClient client = connect(application.port(), Optional.empty(), Optional.empty())) {
            Open consumer = consumer();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                onEachThread(thread -> {
                    for (int number = 0; number < SENDS; number++) {
                        consumer.push(thread + " " + number).exceptionally(failure -> {
                            failed.incrementAndGet();
                            most.accumulateAndGet(((ConsumerOverloadedException) failure).calls(), Math::max);
                            return Done.getInstance();
                        });
                    }
                });
                // Refused as long as as many wait as may.
                while (consumer.push("end").toCompletableFuture().isCompletedExceptionally()) {
                    Thread.onSpinWait();
                }
            });

            int arrived = 0;
            int[] next = new int[THREADS];
            for (String heard = read(client); !heard.equals("end"); heard = read(client)) {
                int thread = heard.charAt(0) - '0';
                int number = Integer.parseInt(heard.substring(2));
                assertThat(number).as("of thread " + thread).isGreaterThanOrEqualTo(next[thread]);
                next[thread] = number + 1;
                arrived++;
            }

            sending.get(60, TimeUnit.SECONDS);
            assertThat(arrived + failed.get()).isEqualTo(THREADS * SENDS);
            assertThat(most.get()).as("calls that waited").isLessThanOrEqualTo(1000);
            client.close1000();
        }
    }

    private static void push(Open consumer, String text) {
        consumer.push(text)
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private static String read(WireClient client) throws IOException {
        return new String(client.read().payload(), StandardCharsets.UTF_8);
    }

    /** Every stage completes, whenever its call came; one that does not would fail the last assertion. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void completeWhenThePeerLeavesOrTheServerStops(boolean peerLeaves) throws Exception {
        AtomicInteger open = new AtomicInteger(1);
        CompletableFuture<Void> completed = new CompletableFuture<>();
        Runnable complete = () -> {
            if (open.decrementAndGet() == 0) {
                completed.complete(null);
            }
        };
        try (RunningApplication application = start("")) {
            JdkClient client = JdkClient.connect(application.ws("/ws/"));
            Open consumer = consumer();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> onEachThread(thread -> {
                for (int after = 0; after < AWAITED; after += consumer.gone ? 1 : 0) {
                    open.incrementAndGet();
                    consumer.push("" + thread).whenComplete((sent, failure) -> complete.run());
                }
            }));
            assertThat(client.next()).isInstanceOf(String.class);

            if (peerLeaves) {
                client.socket().abort();
            } else {
                application.server().stop();
            }

            sending.get(60, TimeUnit.SECONDS);
            complete.run();
            completed.get(60, TimeUnit.SECONDS);
        }
    }

    /** Whether it has left, or the connection had ended, or its caller came too late: each message is counted once. */
    @Test
    void areAllCountedWhenTheClientResets() throws Exception {
        try (RunningApplication application = start("")) {
            int sent = 0;
            for (int round = 0; round < RESETS; round++) {
                JdkClient client = JdkClient.connect(application.ws("/ws/"));
                Open consumer = consumer();
                CompletableFuture<Integer> sending = CompletableFuture.supplyAsync(() -> sendUntilGone(consumer));
                assertThat(client.next()).isEqualTo("x");
                client.socket().abort();
                sent += sending.get(60, TimeUnit.SECONDS);
                application.awaitNoConnections();
            }

            int all = sent;
            // Of the last turn the counts may come a moment after its connection's end.
            TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
                assertThat(counted(application)).isEqualTo(all);
                return true;
            });
        }
    }

    private static int sendUntilGone(Open consumer) {
        int sent = 0;
        while (!consumer.gone) {
            CompletionStage<Done> last = consumer.push("x");
            for (int message = 1; message < AWAITED; message++) {
                last = consumer.push("x");
            }
            sent += AWAITED;
            last.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        }
        return sent;
    }

    private static long counted(RunningApplication application) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new ChannelsMetrics(application.system()).bindTo(registry);
        WebSocketStats stats = application.server().webSocketStats();
        return stats.messagesOut()
                + stats.dropped()
                + stats.shed()
                + (long) registry.get("channels.consumer.calls.dropped")
                        .functionCounter()
                        .count();
    }

    @Test
    void leaveRoomForTheClientsMessages() throws Exception {
        try (RunningApplication application = start("")) {
            JdkClient client = JdkClient.connect(application.ws("/ws/"));
            Open consumer = consumer();
            CompletableFuture<Void> stop = new CompletableFuture<>();
            CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> onEachThread(thread -> {
                while (!stop.isDone()) {
                    push(consumer, "flood");
                    consumer.taken()
                            .toCompletableFuture()
                            .orTimeout(60, TimeUnit.SECONDS)
                            .join();
                }
            }));

            for (int message = 0; message < 100; message++) {
                client.send("message " + message);
                Object heard = client.next();
                while (heard.equals("flood")) {
                    heard = client.next();
                }
                assertThat(heard).isEqualTo("message " + message);
            }
            stop.complete(null);
            flood.get(60, TimeUnit.SECONDS);
            client.socket().abort();
            application.awaitNoConnections();
        }
    }

    @Test
    void carryWhatTwoConsumersSendThroughEachOther() throws Exception {
        try (RunningApplication application = start("")) {
            JdkClient one = JdkClient.connect(application.ws("/ws/"));
            Open first = consumer();
            JdkClient two = JdkClient.connect(application.ws("/ws/"));
            Open second = consumer();
            first.peer = Optional.of(second);
            second.peer = Optional.of(first);

            for (int message = 0; message < 200; message++) {
                one.send("to two " + message);
                two.send("to one " + message);
            }

            for (int message = 0; message < 200; message++) {
                assertThat(two.next()).isEqualTo("to two " + message);
                assertThat(one.next()).isEqualTo("to one " + message);
            }
            one.close(1000, "");
            two.close(1000, "");
            application.awaitNoConnections();
        }
    }

    @Test
    void failBeforeTheAcceptanceAndMayAcceptThemselves() throws Exception {
        try (RunningApplication application = start("")) {
            CompletableFuture<JdkClient> connecting =
                    CompletableFuture.supplyAsync(() -> JdkClient.connect(application.ws("/ws/?late")));
            Open consumer = consumer();

            assertThatThrownBy(() -> push(consumer, "early"))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("accept the connection first");
            consumer.admit()
                    .toCompletableFuture()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
            push(consumer, "in time");

            JdkClient client = connecting.get(20, TimeUnit.SECONDS);
            assertThat(client.next()).isEqualTo("in time");
            consumer.connected.complete("");
            client.close(1000, "");
            application.awaitNoConnections();
        }
    }

    @Test
    void failOverTheBytesThatMayWait() throws Exception {
        try (RunningApplication application = start("channels.websocket.max-outbound-bytes = 4 KiB")) {
            JdkClient client = JdkClient.connect(application.ws("/ws/"));
            Open consumer = consumer();
            client.send("hold");
            while (!consumer.held) {
                Thread.onSpinWait();
            }
            CompletionStage<Done> fits = consumer.push("x".repeat(3000));

            assertThatThrownBy(() -> push(consumer, "x".repeat(1090)))
                    .hasCauseInstanceOf(ConsumerOverloadedException.class)
                    .hasMessageContaining("rejected a call of 1100 bytes")
                    .hasMessageContaining("3010 of at most 4096 bytes (channels.websocket.max-outbound-bytes)");
            consumer.held = false;

            fits.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
            assertThat(client.next()).isEqualTo("x".repeat(3000));
            client.close(1000, "");
            application.awaitNoConnections();
        }
    }
}
