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

/**
 * What a session with a user costs: handshakes a second with and without, in windows that alternate, and the heap of an idle connection. The
 * session and the user are read from H2 in memory, in one call. Clients and server share the process, so only differences and ratios count.
 *
 * <pre>{@code java -Dchannels.edge=netty org.pekkochannels.bench.SessionHandshakes <seconds of a window> <windows> <idle connections>}</pre>
 */
public final class SessionHandshakes {
    private static final int CLIENTS = 16;

    private final SessionServer server = new SessionServer();
    private final HttpClient http = HttpClient.newHttpClient();
    private final String cookie = server.login(http, "login/ada");

    private SessionHandshakes() throws IOException, InterruptedException {}

    /**
     * Measures.
     *
     * @param args seconds of a window, windows, idle connections
     * @throws Exception if a handshake fails
     */
    public static void main(String[] args) throws Exception {
        SessionHandshakes handshakes = new SessionHandshakes();
        handshakes.compare(Double.parseDouble(args[0]), Integer.parseInt(args[1]));
        handshakes.idle(Integer.parseInt(args[2]));
        System.exit(0);
    }

    private void compare(double seconds, int windows) throws Exception {
        double[] ratios = new double[windows];
        perSecond("/ws/member", 5 * seconds, cookie);
        perSecond("/ws/plain", 5 * seconds, cookie);
        for (int i = 0; i < windows; i++) {
            double plain = perSecond("/ws/plain", seconds, cookie);
            double anonymous = perSecond("/ws/member", seconds, "");
            double member = perSecond("/ws/member", seconds, cookie);
            ratios[i] = member / plain;
            System.out.printf(
                    Locale.ROOT,
                    "handshakes a second: %.0f plain, %.0f through the middleware without a cookie, %.0f with session and user%n",
                    plain,
                    anonymous,
                    member);
        }
        System.out.printf(Locale.ROOT, "with session and user over plain: %.2f%n", ClosedLoop.median(ratios));
    }

    private double perSecond(String path, double seconds, String sent) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        long begun = System.nanoTime();
        long end = begun + Duration.ofMillis((long) (seconds * 1000)).toNanos();
        List<CompletableFuture<Integer>> counts = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            counts.add(CompletableFuture.supplyAsync(() -> handshakesUntil(end, path, sent), threads));
        }
        long count = counts.stream().mapToInt(CompletableFuture::join).sum();
        threads.shutdown();
        return count / ((System.nanoTime() - begun) / 1e9);
    }

    private int handshakesUntil(long end, String path, String sent) {
        int count = 0;
        while (System.nanoTime() - end < 0) {
            try {
                server.open(path, sent).reset();
                count++;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return count;
    }

    /** The cookie itself is part of the request, which a connection keeps, so the plain one sends it too. */
    private void idle(int connections) throws Exception {
        List<String> cookies = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            cookies.add(server.login(http, "login/user" + i));
        }
        List<String> none = cookies.stream().map(sent -> "").toList();
        idle("to load what all share", "/ws/plain", cookies.subList(0, connections / 10));
        double plain = idle("plain", "/ws/plain", none);
        double withCookie = idle("plain, with a cookie that no middleware reads", "/ws/plain", cookies);
        double anonymous = idle("through the middleware without a cookie", "/ws/member", none);
        double lease = idle("with a lease and without a session", "/ws/lease", none);
        double member = idle("with session and user", "/ws/member", cookies);
        System.out.printf(
                Locale.ROOT,
                "more than plain, in bytes: %.0f through the middleware, %.0f with a lease; more than plain with the cookie:"
                        + " %.0f with session, user and lease%n",
                anonymous - plain,
                lease - plain,
                member - withCookie);
    }

    private double idle(String name, String path, List<String> cookies) throws Exception {
        long before = heap();
        List<PlainClient> clients = new ArrayList<>(cookies.size());
        for (String sent : cookies) {
            clients.add(server.open(path, sent));
        }
        double bytes = (double) (heap() - before) / cookies.size();
        System.out.printf(Locale.ROOT, "heap of an idle connection and its client, %s: %.0f bytes%n", name, bytes);
        for (PlainClient client : clients) {
            client.reset();
        }
        while (server.connections() > 0) {
            Thread.sleep(50);
        }
        return bytes;
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(200);
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
