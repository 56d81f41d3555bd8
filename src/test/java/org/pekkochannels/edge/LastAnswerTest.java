package org.pekkochannels.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.websocket.UpgradeRequest;

/** Promise 14: who was still without an answer when the server stopped has it before the server is gone. */
class LastAnswerTest {
    private static final InetSocketAddress ADDRESS = InetSocketAddress.createUnresolved("nowhere", 7);
    private static final String UPGRADE = UpgradeRequest.of("/ws/silent/");

    private static final CompletableFuture<ServedApplication> SERVICE = new CompletableFuture<>();

    /** Listens nowhere: the test brings the connection. */
    public static final class TestEdge implements Edge, Binding {
        /** As an edge must have it. */
        public TestEdge() {}

        @Override
        public CompletionStage<Binding> bind(ServedApplication service) {
            SERVICE.complete(service);
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public InetSocketAddress address() {
            return ADDRESS;
        }

        @Override
        public CompletionStage<Done> unbind() {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
    }

    /** A connection whose tasks run when the test wants it, which is its thread. */
    private static final class LateHost implements Reception.Host {
        private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        void runNext() throws InterruptedException {
            assertThat(tasks.poll(20, TimeUnit.SECONDS)).as("task").isNotNull().satisfies(Runnable::run);
        }

        @Override
        public Peers peers() {
            return new Peers(ADDRESS, ADDRESS);
        }

        @Override
        public ConsumerSpawner consumers() {
            return SERVICE.join().consumers();
        }

        @Override
        public void attach(SocketUser user, byte[] greeting, byte[] early) {
            throw new IllegalStateException("nobody is let in");
        }

        @Override
        public boolean inThread() {
            return false;
        }

        @Override
        public boolean execute(Runnable task) {
            return tasks.add(task);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            written.write(bytes, offset, length);
        }

        @Override
        public void flush() {}

        @Override
        public void reading(boolean on) {}

        @Override
        public long unsent() {
            return 0;
        }

        @Override
        public long taken() {
            return written.size();
        }

        @Override
        public void shutdownOutput() {}

        @Override
        public void close() {}

        @Override
        public void abort() {}
    }

    @Test
    void isWaitedForByTheServerThatStops() throws Exception {
        RunningApplication application = RunningApplication.start(
                "channels.edge = \"" + TestEdge.class.getName() + "\"",
                channels -> channels.application("ws/silent/", scope -> new CompletableFuture<Opening>()));
        LateHost host = new LateHost();
        Reception reception = Reception.of(SERVICE.get(20, TimeUnit.SECONDS), host);
        byte[] request = UPGRADE.getBytes(StandardCharsets.US_ASCII);
        reception.bytes(request, 0, request.length);

        CompletionStage<Done> stopped = application.server().stop();
        host.runNext();

        assertThat(host.written.toString(StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 503 ");
        assertThat(application.server().connections()).isZero();
        assertThat(SERVICE.join().answers().unanswered()).as("unanswered").isZero();
        assertThat(stopped.toCompletableFuture()).isNotDone();
        reception.lost(null);
        assertThat(stopped).succeedsWithin(Duration.ofSeconds(20));
    }
}
