package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The message board as people see it. */
@EnabledIf(
        value = "org.pekkochannels.example.Browser#isInstalled",
        disabledReason = "Debian's chromium and chromium-driver are not installed")
final class MessageBoardBrowserTest {
    private static Browser browser;

    @TempDir
    private Path directory;

    private ExampleServer server;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    static void stopBrowser() {
        browser.close();
    }

    @BeforeEach
    void start() {
        server = ExampleServer.start(directory);
    }

    @AfterEach
    void stop() {
        try {
            browser.closeWindows();
        } finally {
            server.close();
        }
    }

    @Test
    void everybodySeesWhatIsPostedAndDeleted() {
        Browser.Window one = open();
        Browser.Window two = open();
        one.waitForText("#connection", "Connected");

        post(one, "First", "one");
        post(one, "Second", "two");

        two.waitForText("#messageCount", "2");
        two.waitForText(".note:first-child h2", "Second");

        two.click(".note:last-child #deleteBtn");
        two.waitForText(".note:last-child #deleteBtn", "Delete for everybody?");
        assertThat(one.count(".note")).isEqualTo(2);
        two.click(".note:last-child #deleteBtn");

        one.waitForText("#messageCount", "1");
        one.waitForCount("#cardsContainer .note", 1);
        one.waitForText(".note h2", "Second");
    }

    @Test
    void nothingThatAnybodyWritesIsMarkup() {
        Browser.Window window = open();
        window.waitForText("#connection", "Connected");

        post(window, "<b>bold</b>", "<img src=x onerror=\"document.title='broken'\">");

        window.waitForText(".note h2", "<b>bold</b>");
        assertThat(window.count(".note b, .note img")).isZero();
        assertThat(window.title()).isEqualTo("Message Board");
    }

    private Browser.Window open() {
        return browser.open(server.page("/messages/"));
    }

    private static void post(Browser.Window window, String title, String message) {
        window.click("#msgTitle");
        window.type(title, Keys.TAB, message);
        window.click("#sendBtn");
    }
}
