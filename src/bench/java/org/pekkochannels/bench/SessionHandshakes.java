package org.pekkochannels.bench;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.pekko.http.javadsl.server.Directives;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.identity.Sessions;
import org.pekkochannels.identity.UserLoader;

/**
 * What a session with a user costs: handshakes a second with and without, in windows that alternate, and the heap of an idle connection. The
 * session and the user are read from H2 in memory, in one call. Clients and server share the process, so only differences and ratios count.
 *
 * <pre>{@code java -Dchannels.edge=netty org.pekkochannels.bench.SessionHandshakes <seconds of a window> <windows> <idle connections>}</pre>
 */
public final class SessionHandshakes {
    private static final int CLIENTS = 16;
    private static final String CONFIG = """
            channels {
              http { port = 0, allowed-origins = ["*"] }
              development = off
              session { cookie-secure = off, cookie-name = channels }
              database { url = "jdbc:h2:mem:sessions;DB_CLOSE_DELAY=-1", threads = 4 }
            }
            """;

    private final ChannelsServer server;
    private final String cookie;

    private SessionHandshakes(ChannelsServer server) throws IOException, InterruptedException {
        this.server = server;
        this.cookie = login();
    }

    private record Member(String id) {}

    private static final class Members implements UserLoader<Member> {
        static final Sessions<Member> SESSIONS = Sessions.of(new Members());

        @Override
        public Optional<Member> load(Handle handle, String id) {
            return handle.select("select id from member where id = ?", id)
                    .map((row, context) -> new Member(row.getString(1)))
                    .findOne();
        }

        @Override
        public String id(Member member) {
            return member.id();
        }
    }

    private static final class Silent extends WebSocketConsumer {
        Silent(ConsumerContext context) {
            super(context);
        }
    }

    /**
     * Measures.
     *
     * @param args seconds of a window, windows, idle connections
     * @throws Exception if a handshake fails
     */
    public static void main(String[] args) throws Exception {
        ChannelsServer server = Channels.load(ConfigFactory.defaultOverrides()
                        .withFallback(ConfigFactory.parseString(CONFIG))
                        .withFallback(ConfigFactory.load())
                        .resolve())
                .beforeStart(Members.SESSIONS::createTable)
                .beforeStart(system -> Database.get(system).useHandle(handle -> {
                    handle.execute("create table member (id varchar(20) primary key)");
                    handle.execute("insert into member values ('ada')");
                }))
                .websocket("ws/plain", Silent::new)
                .through(Members.SESSIONS::middleware, members -> members.websocket("ws/member", Silent::new))
                .http(system -> Members.SESSIONS.session(system, session -> {
                    session.login(new Member("ada"));
                    return Directives.complete("logged in");
                }))
                .start();
        SessionHandshakes handshakes = new SessionHandshakes(server);
        handshakes.compare(Double.parseDouble(args[0]), Integer.parseInt(args[1]));
        handshakes.idle(Integer.parseInt(args[2]));
        System.exit(0);
    }

    private String login() throws IOException, InterruptedException {
        URI page = URI.create("http://127.0.0.1:" + server.address().getPort() + "/");
        HttpResponse<Void> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.discarding());
        return response.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
    }

    private void compare(double seconds, int windows) throws Exception {
        double[] ratios = new double[windows];
        perSecond("/ws/member", 5 * seconds);
        perSecond("/ws/plain", 5 * seconds);
        for (int i = 0; i < windows; i++) {
            double plain = perSecond("/ws/plain", seconds);
            double anonymous = perSecond("/ws/member", seconds, "");
            double member = perSecond("/ws/member", seconds);
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

    private double perSecond(String path, double seconds) throws Exception {
        return perSecond(path, seconds, cookie);
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
                open(path, sent).reset();
                count++;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return count;
    }

    private PlainClient open(String path, String sent) throws IOException {
        PlainClient client =
                PlainClient.open(server.address().getPort(), path, sent.isEmpty() ? "" : "Cookie: " + sent + "\r\n");
        if (!client.status().equals("101")) {
            throw new IllegalStateException("the handshake was answered " + client.status());
        }
        return client;
    }

    private void idle(int connections) throws Exception {
        idle("plain", "/ws/plain", "", connections / 10); // loads what all share
        double plain = idle("plain", "/ws/plain", "", connections);
        double anonymous = idle("through the middleware without a cookie", "/ws/member", "", connections);
        double member = idle("with session and user", "/ws/member", cookie, connections);
        System.out.printf(
                Locale.ROOT,
                "more than plain, in bytes: %.0f without a cookie, %.0f with session and user%n",
                anonymous - plain,
                member - plain);
    }

    private double idle(String name, String path, String sent, int connections) throws Exception {
        long before = heap();
        List<PlainClient> clients = new ArrayList<>(connections);
        for (int i = 0; i < connections; i++) {
            clients.add(open(path, sent));
        }
        double bytes = (double) (heap() - before) / connections;
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
