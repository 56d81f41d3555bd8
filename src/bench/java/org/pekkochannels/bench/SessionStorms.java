package org.pekkochannels.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What others see of a storm: how long a call of the database takes, with its wait, while many clients log in; and the latency of an echo
 * while 1,000 WebSockets of a user are closed. A message is sent every 2 ms; an echo counts from when it was due. Quiet windows and storms
 * alternate.
 *
 * <pre>{@code java -Dchannels.edge=netty org.pekkochannels.bench.SessionStorms <seconds of a window> <windows>}</pre>
 */
public final class SessionStorms {
    private static final String ECHO = "echo";
    private static final int CLIENTS = 16;
    private static final int SOCKETS = 1000;
    private static final long PACE = Duration.ofMillis(2).toNanos();

    private final SessionServer server = new SessionServer();
    private final HttpClient http = HttpClient.newHttpClient();

    private SessionStorms() {}

    /** Prepares one storm, which then goes on beside the messages. */
    private interface Storm {
        Gale prepared() throws Exception;
    }

    /** What goes on, at most until a time of {@link System#nanoTime}. */
    private interface Gale {
        void blow(long end) throws Exception;
    }

    /**
     * Measures.
     *
     * @param args seconds of a window, windows
     * @throws Exception if a client fails
     */
    public static void main(String[] args) throws Exception {
        Duration window = Duration.ofMillis((long) (Double.parseDouble(args[0]) * 1000));
        int windows = Integer.parseInt(args[1]);
        SessionStorms storms = new SessionStorms();
        storms.compare("call of the database, logins", "/ws/database", window, windows, () -> storms::logins);
        storms.compare("echo, closing " + SOCKETS + " WebSockets", "/ws/echo", window, windows, storms::closing);
        System.exit(0);
    }

    private void compare(String name, String path, Duration window, int windows, Storm storm) throws Exception {
        try (PlainClient client = server.open(path, "")) {
            measure(client, window.multipliedBy(5), storm.prepared());
            double[] ratios = new double[windows];
            for (int i = 0; i < windows; i++) {
                Latencies quiet = measure(client, window, SessionStorms::calm);
                Latencies stormy = measure(client, window, storm.prepared());
                ratios[i] = stormy.p99Micros() / quiet.p99Micros();
                System.out.printf(
                        Locale.ROOT,
                        "%s: p50/p99 quiet %.2f/%.2f ms, in the storm %.2f/%.2f ms%n",
                        name,
                        quiet.micros(0.5) / 1000,
                        quiet.p99Micros() / 1000,
                        stormy.micros(0.5) / 1000,
                        stormy.p99Micros() / 1000);
            }
            System.out.printf(Locale.ROOT, "%s: p99 over quiet %.2f%n", name, ClosedLoop.median(ratios));
        }
    }

    private static void calm(long end) {}

    private static Latencies measure(PlainClient client, Duration window, Gale gale) throws Exception {
        Latencies latencies = new Latencies();
        long due = System.nanoTime();
        long end = due + window.toNanos();
        ExecutorService beside = Executors.newSingleThreadExecutor();
        CompletableFuture<Void> stormy = CompletableFuture.runAsync(() -> run(gale, end), beside);
        for (; due - end < 0; due += PACE) {
            while (System.nanoTime() - due < 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            client.send(ECHO);
            String answer = client.next();
            latencies.add(answer.equals(ECHO) ? System.nanoTime() - due : Long.parseLong(answer));
        }
        stormy.join();
        beside.shutdown();
        return latencies;
    }

    private static void run(Gale gale, long end) {
        try {
            gale.blow(end);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void logins(long end) {
        AtomicInteger logins = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(CompletableFuture.runAsync(
                    () -> {
                        while (System.nanoTime() - end < 0) {
                            login("hashed/user" + logins.incrementAndGet());
                        }
                    },
                    threads));
        }
        clients.forEach(CompletableFuture::join);
        threads.shutdown();
        System.out.println(logins + " logins");
    }

    private String login(String page) {
        try {
            return server.login(http, page);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Gale closing() throws IOException {
        String cookie = login("login/ada");
        List<PlainClient> sockets = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            sockets.add(server.open("/ws/member", cookie));
        }
        return end -> close(sockets);
    }

    private void close(List<PlainClient> sockets) throws IOException {
        long begun = System.nanoTime();
        server.closeAll("ada").toCompletableFuture().join();
        // The newest is closed first. Each client leaves when its close frame has come, and not all at the end.
        for (int i = sockets.size() - 1; i >= 0; i--) {
            sockets.get(i).next();
            sockets.get(i).reset();
        }
        System.out.printf(Locale.ROOT, "closed in %.0f ms%n", (System.nanoTime() - begun) / 1e6);
    }
}
