package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The chat as people see it; the first three are the tutorial's own tests. */
@EnabledIf(
        value = "org.pekkochannels.example.Browser#isInstalled",
        disabledReason = "Debian's chromium and chromium-driver are not installed")
@Tag("edge")
final class ChatBrowserTest {
    private static final String LOG = "#chat-log";
    private static final String STATE = "#connection";

    @TempDir
    private static Path directory;

    private static ExampleServer server;
    private static Browser browser;

    @BeforeAll
    static void start() {
        server = ExampleServer.start(directory);
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
