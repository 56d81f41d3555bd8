package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.example.chat.ChatServer;
import org.pekkochannels.testkit.ChannelsTest;
import org.pekkochannels.testkit.Response;
import org.pekkochannels.testkit.TestApplication;
import org.pekkochannels.testkit.TestBrowser;
import org.pekkochannels.testkit.WebSocketCommunicator;

/** The chat's accounts as a program sees them. */
@ChannelsTest(value = ChatServer.class, config = "include file(\"application.conf\")")
final class AccountsTest {
    private static final String PASSWORD = "correct horse battery";

    private final TestApplication app;

    AccountsTest(TestApplication app) {
        this.app = app;
    }

    private record Known(String name, String password) {}

    private record Said(String message, String name) {}

    private TestBrowser member(String name) {
        TestBrowser browser = app.browser();
        assertThat(signUp(browser, name).status()).isEqualTo(200);
        return browser;
    }

    private static Response signUp(TestBrowser browser, String name) {
        return browser.postJson("/account/sign-up", new Known(name, PASSWORD));
    }

    private static Response login(TestBrowser browser, String name, String password) {
        return browser.postJson("/account/login", new Known(name, password));
    }

    private static Response press(TestBrowser browser, String button) {
        return browser.page("POST", "/account/" + button)
                .body("application/json", "{}")
                .send();
    }

    private static WebSocketCommunicator enter(TestBrowser browser, String room) {
        WebSocketCommunicator client = browser.connect("/ws/chat/" + room + "/?history=50");
        assertThat(client.receiveJson(JsonNode.class).has("history")).isTrue();
        return client;
    }

    @Test
    void signsUpAndOutAndIn() {
        TestBrowser grace = member("Grace");
        assertThat(grace.get("/account/").body()).contains("\"Grace\"");

        assertThat(press(grace, "logout").status()).isEqualTo(200);
        assertThat(grace.get("/account/").body()).doesNotContain("\"Grace\"");

        assertThat(login(grace, "grace", PASSWORD).body()).isEqualTo("{\"name\":\"Grace\"}");
        assertThat(grace.get("/account/").body()).contains("\"Grace\"");
    }

    @Test
    void aMemberSpeaksUnderTheAccountsNameWhateverTheFrameSays() {
        WebSocketCommunicator known = enter(member("Linus"), "desk");
        WebSocketCommunicator guest = enter(app.browser(), "desk");

        known.sendJson(new Said("mine", "Eve"));
        assertSaid(guest.receiveJson(JsonNode.class), "Linus", true);
        guest.sendJson(new Said("also mine", "Linus"));
        assertSaid(guest.receiveJson(JsonNode.class), "Linus", false);

        WebSocketCommunicator late = enter(app.browser(), "desk");
        assertSaid(late.receiveJson(JsonNode.class), "Linus", true);
        assertSaid(late.receiveJson(JsonNode.class), "Linus", false);
    }

    private static void assertSaid(JsonNode frame, String name, boolean member) {
        assertThat(frame.get("name").textValue()).isEqualTo(name);
        assertThat(frame.path("member").asBoolean()).isEqualTo(member);
    }

    @Test
    void theMembersRoomIsClosedToStrangers() {
        assertThat(app.request("/ws/chat/members/").refused().status()).isEqualTo(403);
        assertThat(app.browser().get("/chat/members/").status()).isEqualTo(403);

        TestBrowser edsger = member("Edsger");
        assertThat(edsger.get("/chat/members/").status()).isEqualTo(200);
        enter(edsger, "members").receivesNothing();
    }

    @Test
    void aLogoutEverywhereClosesTheSocketsOfAllBrowsersAndNoOthers() {
        TestBrowser desk = member("Barbara");
        TestBrowser phone = app.browser();
        login(phone, "Barbara", PASSWORD);
        WebSocketCommunicator one = enter(desk, "lobby");
        WebSocketCommunicator two = enter(phone, "members");
        WebSocketCommunicator third = enter(member("Margaret"), "hall");

        assertThat(press(desk, "everywhere").status()).isEqualTo(200);

        assertThat(one.closed().code()).isEqualTo(4401);
        assertThat(two.closed().code()).isEqualTo(4401);
        third.sendJson(new Said("still here", ""));
        assertThat(third.receiveJson(JsonNode.class).get("message").textValue()).isEqualTo("still here");
        assertThat(phone.get("/chat/members/").status()).isEqualTo(403);
        assertThat(press(app.browser(), "everywhere").status()).isEqualTo(401);
    }

    /** An attacker who plants a session in another browser does not share its login. */
    @Test
    void aPlantedSessionIsWorthlessAfterTheLogin() {
        String[] planted = signUp(app.browser(), "Mallory")
                .header("Set-Cookie")
                .orElseThrow()
                .split("[=;]", 3);
        TestBrowser victim = app.browser().cookie(planted[0], planted[1]);

        signUp(victim, "Victim");

        assertThat(victim.cookie(planted[0])).isPresent().get().isNotEqualTo(planted[1]);
        assertThat(app.browser().cookie(planted[0], planted[1]).get("/account/").body())
                .doesNotContain("Victim");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Zoë", "ZOË", "Zoe\u0308", "\uff3aoë"})
    void aNameIsTakenInAnySpelling(String name) {
        signUp(app.browser(), "zoë");

        assertThat(signUp(app.browser(), name).status()).isEqualTo(409);
    }

    @Test
    void ofManyWhoSignUpUnderOneNameOneSucceeds() {
        List<CompletableFuture<Integer>> all = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> signUp(app.browser(), "Everyone").status()))
                .toList();

        assertThat(all.stream().map(CompletableFuture::join))
                .containsOnlyOnce(200)
                .containsOnly(200, 409);
    }

    @Test
    void doesNotTellWhetherANameExists() {
        member("Donald");

        Response wrong = login(app.browser(), "Donald", "wrong password");
        Response unknown = login(app.browser(), "Nobody Known", "wrong password");

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.body()).isEqualTo(wrong.body());
    }

    @Test
    void triesNoFurtherPasswordAfterTenWrongOnes() {
        member("Alan");
        for (int i = 0; i < 10; i++) {
            assertThat(login(app.browser(), "alan", "wrong " + i).status()).isEqualTo(401);
        }

        assertThat(login(app.browser(), "Alan", PASSWORD).status()).isEqualTo(429);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"\",\"password\":\"12345678\"}         | a name has letters and digits",
                "{\"name\":\"<b>\",\"password\":\"12345678\"}      | a name has letters and digits",
                "{\"name\":\"a\\u202eb\",\"password\":\"12345678\"} | a name has letters and digits",
                "{\"name\":\"Ada\",\"password\":\"1234567\"}       | A password has at least 8 characters",
                "{\"name\":\"Ada\"}                             | A password has at least 8 characters",
                "{\"password\":\"12345678\"}                    | a name has letters and digits",
                "{\"name\":[1]}                               | Send JSON such as",
                "{                                          | Send JSON such as"
            })
    void rejectsWhatCannotBeAnAccount(String json, String words) {
        Response response = app.browser()
                .page("POST", "/account/sign-up")
                .body("application/json", json)
                .send();

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains(words);
    }

    @Test
    void rejectsAPasswordThatWouldTakeLongToHash() {
        Response response = login(app.browser(), "Ada", "x".repeat(10_000));

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains("a password has at most 200 characters, was 10000");
    }

    @Test
    void refusesTheFormOfAnotherSite() {
        Response forged = app.browser()
                .page("POST", "/account/login")
                .json(new Known("Eve", "12345678"))
                .origin("https://evil.example")
                .send();

        assertThat(forged.status()).isEqualTo(403);
    }
}
