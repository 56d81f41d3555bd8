package org.pekkochannels.bench;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.apache.pekko.Done;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.identity.Sessions;
import org.pekkochannels.identity.UserLoader;
import org.pekkochannels.identity.WebSession;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Lease;

/** An application with sessions in H2 in memory, whose pages log in any name, and WebSockets with and without a session. */
final class SessionServer {
    private static final String CONFIG = """
            channels {
              http { port = 0, allowed-origins = ["*"] }
              development = off
              session { cookie-secure = off, cookie-name = channels }
              database { url = "jdbc:h2:mem:sessions;DB_CLOSE_DELAY=-1", threads = 4 }
            }
            """;
    // Some 25 ms of one core, as a good password hash takes.
    private static final int HASH_ROUNDS = 40_000;
    private static final Sessions<Member> SESSIONS = Sessions.of(new Members());

    // Half of the cores, so that a storm of logins leaves the others to the turns.
    private final ExecutorService hashing =
            Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    private final ChannelsServer server = Channels.load(ConfigFactory.defaultOverrides()
                    .withFallback(ConfigFactory.parseString(CONFIG))
                    .withFallback(ConfigFactory.load())
                    .resolve())
            .beforeStart(SESSIONS::createTable)
            .websocket("ws/plain", Silent::new)
            .websocket("ws/echo", Echo::new)
            .websocket("ws/database", Reader::new)
            .through(system -> SessionServer::leased, leased -> leased.websocket("ws/lease", Silent::new))
            .through(SESSIONS::middleware, members -> members.websocket("ws/member", Silent::new))
            .http(system -> SESSIONS.session(system, this::pages))
            .start();

    private record Member(String id) {}

    private static final class Members implements UserLoader<Member> {
        @Override
        public Optional<Member> load(Handle handle, String id) {
            return handle.select("values (cast(? as varchar))", id)
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

    private static final class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }

    /** Answers with how many nanoseconds its call of the database took, with its wait. */
    private static final class Reader extends WebSocketConsumer {
        Reader(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            long begun = System.nanoTime();
            return database()
                    .withHandle(handle -> {
                        handle.select("values (cast(? as varchar))", text)
                                .mapTo(String.class)
                                .one();
                        return System.nanoTime() - begun;
                    })
                    .thenCompose(nanos -> send(nanos.toString()));
        }
    }

    private static Application leased(Application application) {
        return scope -> Lease.of(new Lease.Grant("ada", Optional.empty())).open(application, scope);
    }

    private Route pages(WebSession<Member> session) {
        return Directives.concat(
                Directives.path(
                        PathMatchers.segment("login").slash(PathMatchers.segment()), name -> loggedIn(session, name)),
                Directives.path(
                        PathMatchers.segment("hashed").slash(PathMatchers.segment()),
                        name -> Directives.onSuccess(
                                () -> CompletableFuture.supplyAsync(() -> hash(name), hashing),
                                hash -> loggedIn(session, name))));
    }

    private static Route loggedIn(WebSession<Member> session, String name) {
        session.login(new Member(name));
        return Directives.complete("logged in");
    }

    private static byte[] hash(String password) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), new byte[16], HASH_ROUNDS, 256))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    int connections() {
        return server.connections();
    }

    CompletionStage<Done> closeAll(String name) {
        return SESSIONS.closeAll(server.system(), name);
    }

    /** Logs a name in: {@code login/ada}, or {@code hashed/ada} with the work of a password; returns the cookie. */
    String login(HttpClient client, String page) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + server.address().getPort() + "/" + page);
        HttpResponse<Void> response =
                client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding());
        return response.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
    }

    /** Opens a WebSocket, which must be accepted. */
    PlainClient open(String path, String cookie) throws IOException {
        PlainClient client = PlainClient.open(
                server.address().getPort(), path, cookie.isEmpty() ? "" : "Cookie: " + cookie + "\r\n");
        if (!client.status().equals("101")) {
            throw new IllegalStateException("the handshake was answered " + client.status());
        }
        return client;
    }
}
