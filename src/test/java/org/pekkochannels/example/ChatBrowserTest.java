package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** The chat as people see it; the first three are the tutorial's own tests. */
@EnabledIf(
        value = "org.pekkochannels.example.Browser#isInstalled",
        disabledReason = "Debian's chromium and chromium-driver are not installed")
final class ChatBrowserTest {
    private static final String LOG = "#chat-log";
    private static final String STATE = "#connection";

    @TempDir
    private static Path directory;

    private static ExampleServer server;
    private static Browser browser;

    @BeforeAll
    static void start() {
        // Long enough for a page that connects again, and short for a test that waits for its end.
        server = ExampleServer.start(directory, "channels.layer.presence.grace", "2s");
        browser = Browser.start();
    }

    @AfterAll
    static void stop() {
        try {
            browser.close();
        } finally {
            server.close();
        }
    }

    @AfterEach
    void closeWindows() {
        browser.closeWindows();
    }

    @Test
    void aMessageIsSeenByEveryoneInTheSameRoom() {
        Browser.Window one = open("/chat/room_1/");
        Browser.Window two = open("/chat/room_1/");

        one.type("hello", Keys.ENTER);

        one.waitForValue(LOG, "hello");
        two.waitForValue(LOG, "hello");
    }

    @Test
    void aMessageIsNotSeenInAnotherRoom() {
        Browser.Window one = open("/chat/room_a/");
        Browser.Window two = open("/chat/room_b/");

        one.type("hello", Keys.ENTER);
        one.waitForValue(LOG, "hello");
        two.type("world", Keys.ENTER);
        two.waitForValue(LOG, "world");

        assertThat(two.element(LOG).getDomProperty("value")).isEqualTo("world\n");
    }

    @Test
    void theIndexLeadsToTheRoomOneTypes() {
        Browser.Window window = open("/");
        window.waitForUrl("/chat/");

        window.type("lobby", Keys.ENTER);

        window.waitForUrl("/chat/lobby/");
        window.waitForText("h1", "lobby");
        assertThat(window.title()).isEqualTo("Chat Room");
    }

    @Test
    void whoSignsUpEntersTheMembersRoomAndLogsOutInAllWindows() {
        Browser.Window room = open("/chat/members/");
        room.waitForText("h1", "This room is for members only");
        room.click("main a");
        room.waitForUrl("/account/");
        room.element("#name").sendKeys("Ada Lovelace");
        room.element("#password").sendKeys("correct horse battery");

        room.click("#sign-up");

        room.waitForUrl("/chat/members/");
        room.waitForText(STATE, "Connected");
        room.element("#chat-message-input").sendKeys("hello", Keys.ENTER);
        room.waitForCount("#messages .own .member", 1);

        Browser.Window account = open("/account/");
        account.waitForText("#me", "Ada Lovelace");
        account.click("#everywhere");

        account.waitForText("#visitor-title", "Log in, or sign up");
        room.waitForText(STATE, "Logged out");
        assertThat(room.element("#chat-message-input").isEnabled()).isFalse();
    }

    @Test
    void theIndexRefusesANameThatNoAddressCanCarry() {
        Browser.Window window = open("/chat/");

        window.type("either/or", Keys.ENTER);

        window.waitForCount("#hint.problem", 1);
        assertThat(window.title()).isEqualTo("Chat Rooms");
    }

    @Test
    void theIndexRemembersRooms() {
        open("/chat/attic/").waitForText("h1", "attic");

        Browser.Window window = open("/chat/");
        window.click("#recent-rooms a");

        window.waitForUrl("/chat/attic/");
    }

    @Test
    void aRoomMayHaveAnyName() {
        Browser.Window one = open("/chat/");
        one.type("кошка & ☃ 100%", Keys.ENTER);
        one.waitForText("h1", "кошка & ☃ 100%");
        Browser.Window two = open("/chat/%D0%BA%D0%BE%D1%88%D0%BA%D0%B0%20%26%20%E2%98%83%20100%25/");

        one.type("мяу", Keys.ENTER);

        two.waitForValue(LOG, "мяу");
    }

    @Test
    void nothingThatAnybodyWritesIsMarkup() {
        String markup = "<img src=x onerror=\"document.title='broken'\"><b>bold</b>";
        Browser.Window window = open("/chat/%3Cimg%20src=x%20onerror=%22document.title='broken'%22%3E/");

        window.type(markup, Keys.ENTER);

        window.waitForText(".bubble", markup);
        window.waitForText("h1", "<img src=x onerror=\"document.title='broken'\">");
        assertThat(window.count("main img, main b, h1 img")).isZero();
        assertThat(window.title()).isEqualTo("Chat Room");
    }

    @Test
    void othersSeeTheNameOneTakes() {
        Browser.Window one = open("/chat/names/");
        Browser.Window two = open("/chat/names/");
        one.element("#user-name").sendKeys(Keys.chord(Keys.CONTROL, "a"), "Grace", Keys.ENTER);

        one.type("hello", Keys.ENTER);

        one.waitForText(".own .bubble", "hello");
        two.waitForText("#messages li:not(.own) .name", "Grace");
    }

    @ParameterizedTest
    @ValueSource(ints = {390, 1280})
    void everybodySeesWhoJoinsAndLeaves(int width) {
        Browser.Window page = open("/chat/party-" + width + "/");
        page.resize(width, 800);
        page.waitForText("#people-count", "1 person here");
        String visitor = "/ws/chat/party-" + width + "/?history=0&name=";

        try (Client grace = Client.open(server.socket(visitor + "Grace"));
                Client phone = Client.open(server.socket(visitor + "Grace"))) {
            assertThat(List.of(grace.text(), phone.text())).allMatch(text -> text.startsWith("{\"history\":0,"));
            page.waitForText("#people-count", "2 people here");
            page.waitForScript("return document.querySelector('#coming').textContent === 'Grace joined'");
            try (Client markup = Client.open(server.socket(visitor + "%3Cb%3EBob%3C/b%3E"))) {
                assertThat(markup.text()).startsWith("{\"history\":0,");
                page.waitForText("#people-count", "3 people here");
                assertThat(page.texts("#names li")).containsExactly("You", "<b>Bob</b>", "Grace");
                assertThat(page.overflow()).isZero();
            }
        }

        page.waitForText("#people-count", "1 person here");
        page.waitForScript("return document.querySelector('#coming').textContent.endsWith(' left')");
    }

    @Test
    void twoWindowsOfOneNameAreOnePersonUntilOneTakesAnother() {
        Browser.Window one = open("/chat/twins/");
        Browser.Window two = open("/chat/twins/");
        two.waitForText("#people-count", "1 person here");

        two.element("#user-name").sendKeys(Keys.chord(Keys.CONTROL, "a"), "Grace", Keys.ENTER);

        one.waitForText("#people-count", "2 people here");
        one.waitForText("#names li:not(.own)", "Grace");
        two.waitForText("#names .own", "You");
    }

    @Test
    void aMessageLongerThanTheBoundCannotBeTyped() {
        Browser.Window window = open("/chat/long/");

        window.element("#chat-message-input").sendKeys("x".repeat(2010));

        window.waitForText("#notice", "2000 of at most 2000 characters");
        window.type(Keys.ENTER);
        window.waitForText(".own .bubble", "x".repeat(2000));
    }

    @Test
    void aRestartedServerIsFoundAgainAndNothingIsLostOrSeenTwice() {
        Browser.Window one = open("/chat/harbour/");
        one.type("before", Keys.ENTER);
        one.waitForText(".own .bubble", "before");

        server.stop();
        one.waitForCount(STATE + ":not([data-state=connected])", 1);
        one.type("meanwhile", Keys.ENTER);
        one.waitForText("#notice", "1 message waits for the connection.");
        server.startAgain();

        one.waitForText(STATE, "Connected");
        one.waitForValue(LOG, "before\nmeanwhile\n");
        Browser.Window two = open("/chat/harbour/");
        two.waitForValue(LOG, "before\nmeanwhile\n");
        assertThat(one.element(LOG).getDomProperty("value")).isEqualTo("before\nmeanwhile\n");
        assertThat(one.count(".bubble")).isEqualTo(2);
    }

    private static Browser.Window open(String path) {
        return browser.open(server.page(path));
    }
}
