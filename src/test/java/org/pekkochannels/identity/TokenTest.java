package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Scope;

/** Tokens of clients that have no cookie, on pages and on WebSockets with both kinds of consumers. */
@Tag("edge")
final class TokenTest {
    private static final String BEARER = "channels.bearer.";
    private static final Sessions<Account> SESSIONS =
            Sessions.of(new Accounts()).withTokens(TokenTest::verify);
    private static RunningApplication application;

    private static CompletionStage<Optional<VerifiedToken>> verify(String token) {
        return switch (token) {
            case "ada", "planted-secret" ->
                CompletableFuture.completedFuture(Optional.of(new VerifiedToken("1", Optional.empty())));
            case "ada-for-an-hour" ->
                CompletableFuture.completedFuture(Optional.of(
                        new VerifiedToken("1", Optional.of(Instant.now().plus(Duration.ofHours(1))))));
            case "expired" ->
                CompletableFuture.completedFuture(Optional.of(
                        new VerifiedToken("1", Optional.of(Instant.now().minusSeconds(1)))));
            case "unknown-user" ->
                CompletableFuture.completedFuture(Optional.of(new VerifiedToken("99", Optional.empty())));
            case "throws" -> throw new IllegalStateException("planted");
            case "throws-error" -> throw new LinkageError("planted");
            case "fails" -> CompletableFuture.failedFuture(new IllegalStateException("planted"));
            default -> CompletableFuture.completedFuture(Optional.empty());
        };
    }

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                "",
                channels -> channels.beforeStart(SESSIONS::createTable)
                        .beforeStart(system -> Database.get(system).useHandle(Accounts::create))
                        .through(
                                SESSIONS::middleware,
                                inside -> inside.websocket("ws/async/", AsyncSeen::new)
                                        .websocket("ws/sync/", SyncSeen::new)
                                        .websocket("ws/choosing/", Choosing::new))
                        .http(system -> SESSIONS.session(system, TokenTest::pages)));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @AfterEach
    void leave() {
        application.awaitNoConnections();
    }

    private static Route pages(WebSession<Account> session) {
        return Directives.concat(
                Directives.path("who", () -> Directives.complete(LoginApplication.name(session.user()))),
                Directives.path("login", () -> {
                    session.login(new Account(2, "Bob", "hash of Bob"));
                    return Directives.complete("welcome");
                }));
    }

    private static String seen(Scope scope) {
        return LoginApplication.name(SESSIONS.user(scope)) + " " + scope.subprotocols() + " "
                + scope.header("Sec-WebSocket-Protocol").orElse("none")
                + scope.attribute(Lease.ATTRIBUTE)
                        .map(lease -> " leased to " + lease.user())
                        .orElse("");
    }

    private static final class AsyncSeen extends WebSocketConsumer {
        AsyncSeen(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(accepted -> send(seen(scope())));
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            throw new IllegalStateException("planted failure in " + scope());
        }
    }

    private static final class SyncSeen extends SyncWebSocketConsumer {
        SyncSeen(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            accept();
            send(seen(scope()));
        }

        @Override
        protected void receive(String text) {
            throw new IllegalStateException("planted failure in " + scope());
        }
    }

    private static final class Choosing extends WebSocketConsumer {
        Choosing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept(Optional.of("chat.v2"), List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void comeAsASubprotocolThatTheConsumerDoesNotSee(String path) {
        JdkClient client = JdkClient.connect(application.ws(path), "channels", BEARER + "ada");

        assertThat(client.next()).isEqualTo("Ada [channels] channels leased to 1");
        assertThat(client.socket().getSubprotocol()).isEqualTo("channels");
        client.close(1000, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void comeInAuthorization(String path) {
        JdkClient client = JdkClient.connect(
                JdkClient.http().newWebSocketBuilder().header("Authorization", "bearer ada-for-an-hour"),
                application.ws(path));

        assertThat(client.next()).isEqualTo("Ada [] none leased to 1");
        assertThat(client.socket().getSubprotocol()).isEmpty();
        client.close(1000, "");
    }

    @Test
    void letTheConsumerChooseAnotherSubprotocol() {
        JdkClient client = JdkClient.connect(application.ws("/ws/choosing/"), BEARER + "ada", "chat.v1", "chat.v2");

        assertThat(client.socket().getSubprotocol()).isEqualTo("chat.v2");
        client.close(1000, "");
    }

    @Test
    void selectTheFirstOtherSubprotocolWithoutTheUsualOne() {
        JdkClient client = JdkClient.connect(application.ws("/ws/async/"), BEARER + "ada", "chat.v1", "chat.v2");

        assertThat(client.next()).isEqualTo("Ada [chat.v1, chat.v2] chat.v1, chat.v2 leased to 1");
        assertThat(client.socket().getSubprotocol()).isEqualTo("chat.v1");
        client.close(1000, "");
    }

    @Test
    void beatTheCookie() {
        Visitor bob = new Visitor(application);
        bob.post("/login");
        WebSocket.Builder both = JdkClient.http().newWebSocketBuilder().header("Cookie", bob.cookie());

        JdkClient client = JdkClient.connect(both, application.ws("/ws/async/"), "channels", BEARER + "ada");

        assertThat(client.next()).asString().startsWith("Ada ");
        assertThat(bob.get("/who").body()).isEqualTo("Bob");
        assertThat(bob.get("/who", "Authorization", "Bearer ada").body()).isEqualTo("Ada");
        client.close(1000, "");
    }

    @ParameterizedTest
    @CsvSource({
        "401, channels channels.bearer.wrong",
        "401, channels channels.bearer.expired",
        "401, channels channels.bearer.unknown-user",
        "401, channels channels.bearer.",
        "401, channels channels.bearer.ada channels.bearer.bob",
        "400, channels.bearer.ada",
        "500, channels channels.bearer.throws",
        "500, channels channels.bearer.throws-error",
        "500, channels channels.bearer.fails",
    })
    void refuseWhatIsNotValid(int status, String offered) {
        HttpResponse<?> refusal = refusal(offered.split(" "));

        assertThat(refusal.statusCode()).isEqualTo(status);
        assertThat(refusal.headers().firstValue("WWW-Authenticate").isPresent()).isEqualTo(status == 401);
    }

    private static HttpResponse<?> refusal(String... offered) {
        try {
            JdkClient.connect(application.ws("/ws/async/"), offered);
            throw new AssertionError("accepted");
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) Objects.requireNonNull(e.getCause())).getResponse();
        }
    }

    @Test
    void letPagesOfOtherSitesUseThem() {
        String[] foreign = {"Origin", "https://app.example", "Authorization", "Bearer ada"};

        assertThat(new Visitor(application).post("/who", foreign).body()).isEqualTo("Ada");
        assertThat(new Visitor(application)
                        .post("/who", "Origin", "https://app.example")
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"wrong, 401", "expired, 401", "throws, 500", "fails, 500"})
    void refusePagesToWhatIsNotValid(String token, int status) {
        HttpResponse<String> response = new Visitor(application).get("/who", "Authorization", "Bearer " + token);

        assertThat(response.statusCode()).isEqualTo(status);
    }

    @Test
    void beginNoSession() {
        HttpResponse<String> login = new Visitor(application).post("/login", "Authorization", "Bearer ada");

        assertThat(login.statusCode()).isEqualTo(500);
        assertThat(Visitor.setCookies(login)).isEmpty();
    }

    @Test
    void rejectNulls() {
        assertThatThrownBy(() -> new VerifiedToken("1", nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> SESSIONS.withTokens(nothing())).isInstanceOf(NullPointerException.class);
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void areNeverLogged(String path) {
        try (RecordedLog log = new RecordedLog("org.pekkochannels")) {
            WebSocket.Builder builder = JdkClient.http()
                    .newWebSocketBuilder()
                    .header("Cookie", "channels=planted-secret")
                    .header("Authorization", "Bearer planted-secret");
            JdkClient client = JdkClient.connect(builder, application.ws(path), "channels", BEARER + "planted-secret");
            client.next();
            client.send("fail");
            client.next();

            assertThat(log.await("planted failure")).contains("(not shown)").doesNotContain("planted-secret");
            assertThat(log.soFar("planted-secret")).isEmpty();
        }
    }

    @Test
    void makeNobodyOfAStrangerWhateverTheyContain() {
        Random random = new Random(23);
        int requests = Boolean.getBoolean("channels.proofs") ? 10_000 : 500;
        try (RecordedLog log = new RecordedLog("org.pekkochannels")) {
            for (int i = 0; i < requests; i++) {
                String token = hostile(random);
                assertThat(new Visitor(application)
                                .get("/hostile", "Authorization", "Bearer " + token)
                                .statusCode())
                        .as("the answer to %s", token)
                        .isEqualTo(401);
            }
            assertThat(log.soFar("/hostile")).as("the log of the page").isEmpty();
        }
    }

    private static String hostile(Random random) {
        StringBuilder token = new StringBuilder("x");
        int length = random.nextInt(random.nextInt(20) == 0 ? 9000 : 100);
        for (int i = 0; i < length; i++) {
            token.append((char) ('!' + random.nextInt(94)));
        }
        return token.toString();
    }
}
