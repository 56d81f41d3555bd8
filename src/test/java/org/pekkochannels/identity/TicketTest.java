package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.StatusCodes;
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

/** One-time tickets: a login on a WebSocket, and a WebSocket that is opened by one, with both kinds of consumers. */
@Tag("edge")
final class TicketTest {
    private static final Account ADA = new Account(1, "Ada", "hash of Ada");
    private static final Sessions<Account> SESSIONS =
            Sessions.of(new Accounts()).withTokens(TicketTest::verify).withTickets();
    private static RunningApplication application;

    private static CompletionStage<Optional<VerifiedToken>> verify(String token) {
        return CompletableFuture.completedFuture(
                switch (token) {
                    case "bob" ->
                        Optional.of(
                                new VerifiedToken("2", Optional.of(Instant.now().plus(Duration.ofHours(1)))));
                    case "bob-for-ever" -> Optional.of(new VerifiedToken("2", Optional.of(Instant.MAX)));
                    default -> Optional.empty();
                });
    }

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                "",
                channels -> channels.beforeStart(SESSIONS::createTable)
                        .beforeStart(system -> Database.get(system).useHandle(Accounts::create))
                        .through(
                                SESSIONS::middleware,
                                inside -> inside.websocket("ws/async/", AsyncLogin::new)
                                        .websocket("ws/sync/", SyncLogin::new))
                        .http(system -> SESSIONS.session(system, TicketTest::pages)));
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
                Directives.path("cart", () -> {
                    session.put("cart", 3);
                    return Directives.complete("kept");
                }),
                Directives.path("login", () -> {
                    session.login(ADA);
                    return Directives.complete("welcome");
                }),
                Directives.path("logout", () -> {
                    session.logout();
                    return Directives.complete("bye");
                }),
                Directives.path("ticket", () -> Directives.onSuccess(session.webSocketTicket(), Directives::complete)),
                Directives.path(
                        "redeem",
                        () -> SESSIONS.redeemTicket(session, () -> Directives.complete(StatusCodes.NO_CONTENT))));
    }

    /** Says the user, and answers everything with a ticket for Ada. */
    private static final class AsyncLogin extends WebSocketConsumer {
        private final WebSession<Account> session = SESSIONS.session(scope());

        AsyncLogin(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(accepted -> send(LoginApplication.name(session.user())));
        }

        @Override
        protected CompletionStage<?> receive(String password) {
            return onTurn(session.loginTicket(ADA)).thenCompose(this::send);
        }
    }

    /** The same as a blocking consumer. */
    private static final class SyncLogin extends SyncWebSocketConsumer {
        private final WebSession<Account> session = SESSIONS.session(scope());

        SyncLogin(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            accept();
            send(LoginApplication.name(session.user()));
        }

        @Override
        protected void receive(String password) {
            send(session.loginTicket(handle(), ADA));
        }
    }

    private static String ticketOf(JdkClient socket) {
        return String.valueOf(socket.send("the password").next());
    }

    private static HttpResponse<String> redeem(Visitor visitor, String ticket, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(application.http("/redeem")).POST(HttpRequest.BodyPublishers.ofString(ticket));
        if (!visitor.cookie().isEmpty()) {
            request.header("Cookie", visitor.cookie());
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response =
                    JdkClient.http().send(request.build(), HttpResponse.BodyHandlers.ofString());
            Visitor.setCookies(response).forEach(header -> visitor.with(header.substring(0, header.indexOf(';'))));
            return response;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void logInABrowserFromItsWebSocket(String path) {
        Visitor browser = new Visitor(application);
        browser.get("/cart");
        String before = browser.cookie();
        JdkClient anonymous = browser.connect(path);
        assertThat(anonymous.next()).isEqualTo("nobody");

        assertThat(redeem(browser, ticketOf(anonymous)).statusCode()).isEqualTo(204);

        assertThat(browser.cookie()).isNotEqualTo(before);
        assertThat(browser.get("/who").body()).isEqualTo("Ada");
        JdkClient known = browser.connect(path);
        assertThat(known.next()).isEqualTo("Ada");
        known.close(1000, "");
        anonymous.close(1000, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void logInABrowserThatHadNoSession(String path) {
        Visitor browser = new Visitor(application);
        JdkClient anonymous = browser.connect(path);
        anonymous.next();

        String ticket = ticketOf(anonymous);

        assertThat(redeem(browser, ticket).statusCode()).isEqualTo(204);
        assertThat(browser.get("/who").body()).isEqualTo("Ada");
        assertThat(redeem(new Visitor(application), ticket).statusCode()).isEqualTo(401);
        anonymous.close(1000, "");
    }

    @Test
    void logInNoOtherBrowser() {
        Visitor browser = new Visitor(application);
        browser.get("/cart");
        JdkClient socket = browser.connect("/ws/async/");
        socket.next();

        HttpResponse<String> stolen = redeem(new Visitor(application), ticketOf(socket));

        assertThat(stolen.statusCode()).isEqualTo(401);
        assertThat(stolen.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(Visitor.setCookies(stolen)).isEmpty();
        socket.close(1000, "");
    }

    @Test
    void areRedeemedByPagesOfThisSiteOnly() {
        Visitor browser = new Visitor(application);
        JdkClient socket = browser.connect("/ws/async/");
        socket.next();
        String ticket = ticketOf(socket);

        assertThat(redeem(browser, ticket, "Origin", "https://evil.example").statusCode())
                .isEqualTo(403);
        assertThat(browser.get("/redeem?ticket=" + ticket).statusCode()).isEqualTo(405);
        assertThat(redeem(browser, ticket, "Authorization", "Bearer bob").statusCode())
                .isEqualTo(401);
        assertThat(redeem(browser, ticket).statusCode()).isEqualTo(204);
        socket.close(1000, "");
    }

    @ParameterizedTest
    @CsvSource({"'', 401", "x, 401", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, 401"})
    void areRefusedIfTheyAreNotValid(String ticket, int status) {
        assertThat(redeem(new Visitor(application), ticket).statusCode()).isEqualTo(status);
        assertThat(refused("/ws/async/?ticket=" + ticket)).isEqualTo(status);
    }

    @Test
    void areRefusedIfTheyAreHuge() {
        assertThat(redeem(new Visitor(application), "x".repeat(100_000)).statusCode())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void openAWebSocketOnce(String path) {
        Visitor ada = new Visitor(application);
        ada.get("/login");
        String query = path + "?ticket=" + ada.get("/ticket").body();

        JdkClient socket = new Visitor(application).connect(query);

        assertThat(socket.next()).isEqualTo("Ada");
        assertThat(refused(query)).isEqualTo(401);
        ada.get("/logout");
        assertThat(socket.next()).isEqualTo(new JdkClient.Closed(4401, "session ended"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void openAWebSocketForTheUserOfAToken(String path) {
        String ticket = new Visitor(application)
                .get("/ticket", "Authorization", "Bearer bob")
                .body();

        JdkClient socket = new Visitor(application).connect(path + "?ticket=" + ticket);

        assertThat(socket.next()).isEqualTo("Bob");
        SessionSystem.await(SESSIONS.closeAll(application.system(), "2"));
        assertThat(socket.next()).isEqualTo(new JdkClient.Closed(4401, "session ended"));
    }

    /** No column can contain the end of such a token. */
    @Test
    void openAWebSocketForATokenThatNeverEnds() {
        String ticket = new Visitor(application)
                .get("/ticket", "Authorization", "Bearer bob-for-ever")
                .body();

        JdkClient socket = new Visitor(application).connect("/ws/async/?ticket=" + ticket);

        assertThat(socket.next()).isEqualTo("Bob");
        SessionSystem.await(SESSIONS.closeAll(application.system(), "2"));
        assertThat(socket.next()).isEqualTo(new JdkClient.Closed(4401, "session ended"));
    }

    @Test
    void beatTheCookieAndAreBeatenByAToken() {
        Visitor ada = new Visitor(application);
        ada.get("/login");
        String ticket = new Visitor(application)
                .get("/ticket", "Authorization", "Bearer bob")
                .body();
        WebSocket.Builder bearer = JdkClient.http().newWebSocketBuilder().header("Cookie", ada.cookie());

        JdkClient byTicket = ada.connect("/ws/async/?ticket=" + ticket);
        JdkClient byToken =
                JdkClient.connect(bearer, application.ws("/ws/async/?ticket=spent"), "channels", "channels.bearer.bob");

        assertThat(byTicket.next()).isEqualTo("Bob");
        assertThat(byToken.next()).isEqualTo("Bob");
        byTicket.close(1000, "");
        byToken.close(1000, "");
    }

    @Test
    void areRefusedIfThereAreTwo() {
        Visitor ada = new Visitor(application);
        ada.get("/login");
        String ticket = ada.get("/ticket").body();

        assertThat(refused("/ws/async/?ticket=" + ticket + "&ticket=" + ticket)).isEqualTo(401);
        assertThat(refused("/ws/async/?a=b&ticket=%ff")).isEqualTo(401);
    }

    private static int refused(String path) {
        try {
            JdkClient.connect(JdkClient.http().newWebSocketBuilder(), application.ws(path));
            throw new AssertionError("accepted");
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) Objects.requireNonNull(e.getCause()))
                    .getResponse()
                    .statusCode();
        }
    }

    @Test
    void areNeverLogged() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels")) {
            Visitor browser = new Visitor(application);
            JdkClient socket = browser.connect("/ws/async/");
            socket.next();
            String login = ticketOf(socket);
            redeem(browser, login);
            String opening = browser.get("/ticket").body();
            JdkClient opened = browser.connect("/ws/sync/?ticket=" + opening);
            opened.next();
            refused("/ws/sync/?ticket=" + opening);

            assertThat(log.soFar(login)).isEmpty();
            assertThat(log.soFar(opening)).isEmpty();
            opened.close(1000, "");
            socket.close(1000, "");
        }
    }

    @Test
    void needATable() {
        String cookies = "channels.session { store = cookie, keys = [\"0123456789abcdef0123456789abcdef\"] }";

        assertThatThrownBy(() -> RunningApplication.start(
                        cookies,
                        channels -> channels.through(
                                SESSIONS::middleware, inside -> inside.websocket("ws/async/", AsyncLogin::new))))
                .hasStackTraceContaining("'channels.session.store': must be database")
                .hasStackTraceContaining("withTickets()");
        assertThatThrownBy(() -> RunningApplication.start(
                        cookies, channels -> channels.http(system -> SESSIONS.session(system, TicketTest::pages))))
                .hasStackTraceContaining("'channels.session.store': must be database");
    }
}
