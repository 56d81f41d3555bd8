package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.identity.Sessions;
import org.pekkochannels.testkit.SignedInApplication.Sum;
import org.pekkochannels.testkit.SignedInApplication.Terms;

/** Users, sessions and pages of an application, as a test uses them. */
@ChannelsTest(
        value = SignedInApplication.class,
        over = {TestEdge.MEMORY, TestEdge.HTTP, TestEdge.NETTY})
final class TestBrowserTest {
    private static final Sessions<String> SESSIONS = SignedInApplication.SESSIONS;

    private final TestApplication app;

    TestBrowserTest(TestApplication app) {
        this.app = app;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/who/", "/ws/blocking/"})
    void connectsAsAUser(String path) {
        WebSocketCommunicator ada = app.request(path).as(SESSIONS, "ada").connect();
        WebSocketCommunicator stranger = app.connect(path);

        assertThat(ada.send("who").receiveText()).isEqualTo("ada");
        assertThat(stranger.send("who").receiveText()).isEqualTo("nobody");
        assertThat(app.request("/ws/members/").refused().body()).isEqualTo("log in first");
    }

    @Test
    void connectsWithAValueOfTheSession() {
        WebSocketCommunicator ada = app.request("/ws/who/")
                .session(SESSIONS, session -> session.put("cart", "three apples"))
                .connect();

        assertThat(ada.send("cart").receiveText()).isEqualTo("three apples");
        assertThat(ada.send("who").receiveText()).isEqualTo("nobody");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/who/", "/ws/blocking/"})
    void aLogoutClosesTheSocketsOfTheBrowserOnly(String path) {
        TestBrowser desk = app.browser().login(SESSIONS, "bob");
        WebSocketCommunicator one = desk.connect(path);
        WebSocketCommunicator two = desk.connect(path);
        WebSocketCommunicator phone = app.browser().login(SESSIONS, "bob").connect(path);

        desk.logout(SESSIONS);

        assertThat(one.closed().code()).isEqualTo(4401);
        assertThat(two.closed().code()).isEqualTo(4401);
        assertThat(phone.send("who").receiveText()).isEqualTo("bob");
        assertThat(desk.connect("/ws/who/").send("who").receiveText()).isEqualTo("nobody");
    }

    @Test
    void theEndOfAllSessionsOfAUserClosesAllItsSockets() {
        WebSocketCommunicator desk = app.browser().login(SESSIONS, "carl").connect("/ws/who/");
        WebSocketCommunicator phone = app.browser().login(SESSIONS, "carl").connect("/ws/blocking/");
        WebSocketCommunicator other = app.browser().login(SESSIONS, "dora").connect("/ws/who/");

        app.await(SESSIONS.closeAll(app.system(), "carl"));

        assertThat(desk.closed().code()).isEqualTo(4401);
        assertThat(phone.closed().code()).isEqualTo(4401);
        other.receivesNothing();
    }

    @Test
    void keepsASessionThatIsChangedAgain() {
        TestBrowser browser = app.browser().session(SESSIONS, session -> session.put("cart", "one"));

        browser.login(SESSIONS, "eve");
        browser.session(
                SESSIONS,
                session -> assertThat(session.get("cart", String.class)).contains("one"));

        WebSocketCommunicator eve = browser.connect("/ws/who/");
        assertThat(eve.send("cart").receiveText()).isEqualTo("one");
        assertThat(eve.send("who").receiveText()).isEqualTo("eve");
    }

    @Test
    void passesOnWhatTheChangeOfASessionThrows() {
        TestBrowser browser = app.browser();
        IllegalStateException failure = new IllegalStateException("told to");

        assertThatThrownBy(() -> browser.session(SESSIONS, session -> {
                    session.put("half", "done");
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatThrownBy(() -> browser.session(SESSIONS, session -> {
                    throw new AssertionError("no such value");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessage("no such value");
        assertThatIllegalArgumentException().isThrownBy(() -> browser.login(SESSIONS, " blank "));

        assertThat(browser.connect("/ws/who/").send("half").receiveText()).isEqualTo("none");
    }

    @Test
    void theBrowsersPagesAndSocketsShareItsSession() {
        TestBrowser browser = app.browser();

        Response response = browser.post("/login", Map.of("name", "Fräulein Ä & Co"));

        assertThat(response.status()).isEqualTo(303);
        assertThat(response.header("location")).get().asString().endsWith("/who");
        assertThat(browser.get("/who").body()).isEqualTo("Fräulein Ä & Co");
        WebSocketCommunicator socket = browser.connect("/ws/who/");
        assertThat(socket.send("who").receiveText()).isEqualTo("Fräulein Ä & Co");
        assertThat(app.browser().get("/who").body()).isEqualTo("nobody");

        assertThat(browser.post("/logout", Map.of()).status()).isEqualTo(200);
        assertThat(socket.closed().code()).isEqualTo(4401);
        assertThat(browser.get("/who").body()).isEqualTo("nobody");
    }

    @Test
    void aPageOfAnotherSiteIsRefused() {
        TestBrowser browser = app.browser().login(SESSIONS, "grace");

        Response forged =
                browser.page("POST", "/logout").origin("https://evil.example").send();
        Response old = browser.page("POST", "/logout")
                .without("Sec-Fetch-Site")
                .without("Origin")
                .send();

        assertThat(forged.status()).isEqualTo(403);
        assertThat(old.status()).isEqualTo(200);
    }

    @Test
    void sendsBodiesOfAllKinds() {
        TestBrowser browser = app.browser();

        Response created = browser.postJson("/sum", new Terms(40, 2));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json(Sum.class)).isEqualTo(new Sum(42));
        assertThatThrownBy(() -> browser.get("/who").json(Sum.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected JSON of Sum, received 200 nobody");
        assertThat(browser.page("PUT", "/echo")
                        .body("text/plain; charset=UTF-8", "größer")
                        .send()
                        .body())
                .isEqualTo("PUT text/plain größer");
        assertThat(browser.page("DELETE", "/echo").send().body()).startsWith("DELETE ");
    }

    @Test
    void receivesBodiesOfAllKinds() {
        TestBrowser browser = app.browser();

        assertThat(browser.get("/chunks").body()).startsWith("1,2,").endsWith(",999,1000,");
        assertThat(browser.get("/chunks").bytes()).hasSize(3893);
        Response head = browser.page("HEAD", "/who").send();
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(browser.get("/nowhere").status()).isEqualTo(404);
    }

    @Test
    void keepsCookiesByTheirPath() {
        TestBrowser browser = app.browser();

        browser.get("/taste");

        WebSocketCommunicator socket = browser.connect("/ws/who/");
        assertThat(socket.send("taste").receiveText()).isEqualTo("sweet");
        assertThat(socket.send("origin").receiveText()).isEqualTo("http://localhost");
        assertThat(browser.cookies("/who")).isEmpty();
    }

    @Test
    void failsForAStageThatFailsOrNeverCompletes() {
        assertThatThrownBy(() -> app.await(CompletableFuture.failedFuture(new IllegalStateException("told to"))))
                .isInstanceOf(AssertionError.class)
                .hasRootCauseMessage("told to");

        app.waitsAtMost(Duration.ofMillis(50));
        assertThatThrownBy(() -> app.await(new CompletableFuture<>()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("was not complete after PT0.05S");
        app.waitsAtMost(Duration.ofSeconds(60));
    }

    @Test
    void refusesTargetsAndMethodsThatNoBrowserSends() {
        TestBrowser browser = app.browser();

        for (String target : List.of("/a b", "/ä", "/\r\nX: 1")) {
            assertThatIllegalArgumentException().isThrownBy(() -> browser.get(target));
            assertThatIllegalArgumentException().isThrownBy(() -> browser.connect(target));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> browser.page("GET /", "/"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> browser.page("GET", "/").header("X", "a\r\nb"));
    }
}
