package org.pekkochannels.bench;

import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.AfterCommit;
import org.pekkochannels.database.Database;

/**
 * From a commit at this node to a WebSocket client of another one, at so many transactions a second. The clock starts when the transaction's
 * last statement is sent, so that it includes the commit itself. Fails if an event is missing or repeated.
 *
 * <p>Environment: {@code DATABASE_URL} and {@code DATABASE_USER}.
 */
public final class CommitLatency {
    private static final int RATE = 1000;
    private static final int MOST = 1_000_000;
    private static final int WRITERS = 8;

    private final AtomicLongArray begun = new AtomicLongArray(MOST);
    private final AtomicLongArray taken = new AtomicLongArray(MOST);
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();

    private CommitLatency() {}

    /**
     * Measures.
     *
     * @param args seconds of warm-up, seconds of the window, windows
     * @throws Exception if the other node does not run, or an event is missing
     */
    public static void main(String[] args) throws Exception {
        Environment environment = Environment.read();
        ServerProcess other = ServerProcess.start(
                "node",
                "java -Xms512m -Xmx512m -XX:+UseParallelGC -cp " + System.getProperty("java.class.path") + " "
                        + NodeServer.class.getName(),
                Map.of("LAYER", "postgres"));
        Runtime.getRuntime().addShutdownHook(new Thread(other::stop));
        ChannelsServer server = Channels.load(ConfigFactory.parseString(
                                "channels { http.port = 0, development = off, layer { type = postgres, postgres.create = on } }")
                        .withFallback(environment.config(WRITERS)))
                .start();
        new CommitLatency().run(server, environment, other.port(), args);
        System.exit(0);
    }

    private void run(ChannelsServer server, Environment environment, int port, String[] args) throws Exception {
        Database database = Database.get(server.system());
        AfterCommit afterCommit = AfterCommit.of(server.system());
        database.useHandle(handle -> Messages.create(handle, environment.databaseUrl()))
                .toCompletableFuture()
                .join();
        HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws/member"), new Member())
                .join();
        ClosedLoop.of(WRITERS, Duration.ofSeconds(Integer.parseInt(args[0])), () -> send(database, afterCommit));
        awaitAll();
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            long first = sent.get();
            paced(database, afterCommit, Duration.ofSeconds(Integer.parseInt(args[1])));
            report(first);
        }
    }

    private void paced(Database database, AfterCommit afterCommit, Duration time) throws InterruptedException {
        long start = System.nanoTime();
        long first = sent.get();
        for (long now = start; now - start < time.toNanos(); now = System.nanoTime()) {
            while (sent.get() - first < (now - start) * RATE / 1_000_000_000L) {
                send(database, afterCommit);
            }
            LockSupport.parkNanos(200_000);
        }
        awaitAll();
    }

    private CompletionStage<Saved> send(Database database, AfterCommit afterCommit) {
        int number = (int) sent.getAndIncrement();
        return database.inTransaction(handle -> {
            Saved saved = Messages.insertAndRead(handle, "x");
            afterCommit.groupSend(handle, "room", "text", String.valueOf(number));
            begun.set(number, System.nanoTime());
            return saved;
        });
    }

    private void awaitAll() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (received.get() < sent.get() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        if (received.get() != sent.get()) {
            throw new IllegalStateException("received " + received + " of " + sent);
        }
    }

    private void report(long first) {
        Latencies latencies = new Latencies();
        for (long i = first; i < sent.get(); i++) {
            latencies.add(taken.get((int) i) - begun.get((int) i));
        }
        System.out.printf(
                Locale.ROOT,
                "commit to client on another node, %d a second: p50 %.2f ms, p99 %.2f ms%n",
                RATE,
                latencies.micros(0.5) / 1e3,
                latencies.micros(0.99) / 1e3);
    }

    /** Receives on the client's thread. */
    private final class Member implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            socket.request(1);
            message.append(text);
            if (!last) {
                return null;
            }
            int number = Integer.parseInt(message.toString().replace("\"", ""));
            message.setLength(0);
            if (!taken.compareAndSet(number, 0, System.nanoTime())) {
                throw new IllegalStateException(number + " was received twice");
            }
            received.incrementAndGet();
            return null;
        }
    }
}
