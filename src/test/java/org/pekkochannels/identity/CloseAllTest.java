package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.identity.LoginApplication.SESSIONS;
import static org.pekkochannels.identity.SessionSystem.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** "Log out everywhere", with real sockets. */
@Tag("edge")
final class CloseAllTest {
    private static final boolean PROOFS = Boolean.getBoolean("channels.proofs");
    private static final int SOCKETS = PROOFS ? 1000 : 50;
    private static final JdkClient.Closed ENDED = new JdkClient.Closed(4401, "session ended");

    private static Visitor visitor(RunningApplication application, String name) {
        Visitor visitor = new Visitor(application);
        visitor.post("/login/" + name);
        return visitor;
    }

    private static JdkClient connected(Visitor visitor, String path) {
        JdkClient socket = visitor.connect(path);
        assertThat(socket.next()).isIn("Ada", "Bob");
        return socket;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String node(String database, int port, int seed) {
        return "channels.layer { type = cluster, cluster { port = " + port + ", seed-nodes = \"127.0.0.1:" + seed
                + "\" } }, channels.database.url = \"jdbc:h2:mem:" + database
                + ";DB_CLOSE_DELAY=-1\"";
    }

    @Test
    void closesTheUsersSocketsOnBothNodesOfACluster() throws IOException {
        int seed = freePort();
        try (RunningApplication first = LoginApplication.start(node("everywhere", seed, seed));
                RunningApplication second = LoginApplication.startSecond(node("everywhere", freePort(), seed))) {
            Visitor here = visitor(first, "Ada");
            List<JdkClient> hers = Stream.of(
                            connected(here, "/ws/async/"),
                            connected(here, "/ws/sync/"),
                            connected(new Visitor(second).with(here.cookie()), "/ws/async/"),
                            connected(visitor(second, "Ada"), "/ws/sync/"))
                    .toList();
            JdkClient bob = connected(visitor(second, "Bob"), "/ws/async/");

            await(SESSIONS.closeAll(first.system(), "1"));

            assertThat(hers).allSatisfy(socket -> assertThat(socket.next()).isEqualTo(ENDED));
            assertThat(bob.send("hello").next()).isEqualTo("Bob hello");
            assertThat(here.get("/who").body()).isEqualTo("nobody");
            assertThat(new Visitor(second).with(here.cookie()).get("/who").body())
                    .isEqualTo("nobody");
            bob.close(1000, "");
            first.awaitNoConnections();
            second.awaitNoConnections();
        }
    }

    @Test
    void closesAllSocketsOfAUserInSeconds() throws IOException {
        int seed = freePort();
        try (RunningApplication first = LoginApplication.start(node("many", seed, seed));
                RunningApplication second = LoginApplication.startSecond(node("many", freePort(), seed))) {
            Visitor ada = visitor(first, "Ada");
            List<JdkClient> sockets =
                    Stream.concat(many(ada, first), many(ada, second)).toList();
            long start = System.nanoTime();

            await(SESSIONS.closeAll(first.system(), "1"));

            assertThat(sockets).allSatisfy(socket -> assertThat(socket.next()).isEqualTo(ENDED));
            if (PROOFS) {
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            }
            first.awaitNoConnections();
            second.awaitNoConnections();
        }
    }

    /** Two nodes with one database, whose layers do not know each other: no message arrives. */
    @Test
    void closesThemAtTheNextCheckIfTheMessageIsLost() {
        String apart =
                "channels.session.check-interval = 1s, channels.database.url = \"jdbc:h2:mem:apart;DB_CLOSE_DELAY=-1\"";
        try (RunningApplication first = LoginApplication.start(apart);
                RunningApplication second = LoginApplication.startSecond(apart)) {
            Visitor ada = visitor(first, "Ada");
            List<JdkClient> sockets = many(ada, second).toList();
            JdkClient bob = connected(visitor(second, "Bob"), "/ws/async/");

            await(SESSIONS.closeAll(first.system(), "1"));

            assertThat(sockets).allSatisfy(socket -> assertThat(socket.next()).isEqualTo(ENDED));
            assertThat(bob.send("hello").next()).isEqualTo("Bob hello");
            bob.close(1000, "");
            second.awaitNoConnections();
        }
    }

    private static Stream<JdkClient> many(Visitor visitor, RunningApplication node) {
        Visitor there = new Visitor(node).with(visitor.cookie());
        return IntStream.range(0, SOCKETS / 2)
                .mapToObj(i -> connected(there, i % 2 == 0 ? "/ws/async/" : "/ws/sync/"))
                .toList()
                .stream();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void aLogoutOnAPageClosesTheSocketsOfThatSession(String path) {
        try (RunningApplication application = LoginApplication.start("")) {
            Visitor laptop = visitor(application, "Ada");
            JdkClient onLaptop = connected(laptop, path);
            JdkClient onPhone = connected(visitor(application, "Ada"), path);

            laptop.post("/logout");

            assertThat(onLaptop.next()).isEqualTo(ENDED);
            assertThat(onPhone.send("hello").next()).isEqualTo("Ada hello");
            onPhone.close(1000, "");
            application.awaitNoConnections();
        }
    }

    @Test
    void needsAFingerprintWhereSessionsAreInCookies() {
        String cookies = "channels.session { store = cookie, keys = [\"0123456789abcdef0123456789abcdef\"] }";
        try (RunningApplication application = LoginApplication.start(cookies)) {
            JdkClient socket = connected(visitor(application, "Ada"), "/ws/async/");
            await(application
                    .database()
                    .useHandle(handle -> handle.execute("update account set password = 'another' where id = 1")));

            await(SESSIONS.closeAll(application.system(), "1"));

            assertThat(socket.next()).isEqualTo(ENDED);
            Sessions<String> withoutFingerprint = Sessions.ofUserIds();
            assertThatThrownBy(() -> await(withoutFingerprint.closeAll(application.system(), "1")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("fingerprint");
            application.awaitNoConnections();
        }
    }
}
