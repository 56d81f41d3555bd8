package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** The auctions as people see them. */
@EnabledIf(
        value = "org.pekkochannels.example.Browser#isInstalled",
        disabledReason = "Debian's chromium and chromium-driver are not installed")
final class AuctionBrowserTest {
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

    @ParameterizedTest
    @ValueSource(ints = {390, 1280})
    void twoVisitorsSeeEachOthersBidsAtAnyWidth(int width) throws Exception {
        String auction = "/auctions/" + AuctionVisits.start(server, 300) + "/";
        Browser.Window one = open(auction, width, "Ada");
        Browser.Window two = open(auction, width, "Bob");

        bid(one, "12");
        two.waitForText("#bids li:first-child .amount", "€12");
        two.waitForText("#bids li:first-child .name", "Ada");
        two.waitForText("#standing", "Highest bid by Ada");
        two.click(".step:nth-child(2)");

        one.waitForText("#price", "€17");
        one.waitForText("#standing", "Bob has outbid you");
        two.waitForText("#standing", "Your bid is the highest");
        assertThat(one.overflow()).isZero();
        assertThat(two.overflow()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {390, 1280})
    void theListStartsAnAuctionAndShowsIt(int width) {
        Browser.Window window = open("/auctions/", width, "Ada");
        String title = "A lamp " + "with a very long title ".repeat(3);

        window.type(title, Keys.ENTER);

        window.waitForUrl("/auctions/");
        window.waitForText("#title", title.strip());
        window.waitForText("#seller", "Your auction");
        assertThat(window.overflow()).isZero();
        window.click(".back");
        window.waitForScript("return [...document.querySelectorAll('.lot h2')].some(one => one.textContent === '"
                + title.strip() + "')");
        assertThat(window.overflow()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/chat/",
                "/chat/a-room-with-a-name-that-is-as-long-as-names-of-rooms-may-be-in-this-chat/",
                "/messages/",
                "/auctions/"
            })
    void noPageIsWiderThanAPhone(String path) {
        Browser.Window window = open(path, 390, "A rather long name " + "of 40 characters");

        assertThat(window.overflow()).isZero();
    }

    @Test
    void theEndIsAnnounced() throws Exception {
        Browser.Window window = open("/auctions/" + AuctionVisits.start(server, 12) + "/", 390, "Ada");

        bid(window, "12");

        window.waitForText("#standing", "You have won");
        window.waitForText("#time-left", "Over");
        window.waitForText("#price-label", "Final price");
        assertThat(window.element("#composer").isDisplayed()).isFalse();
    }

    @Test
    void aRejectedBidIsExplained() throws Exception {
        String auction = AuctionVisits.start(server, 300);
        Browser.Window window = open("/auctions/" + auction + "/", 390, "Ada");
        window.waitForText("#connection", "Connected");
        try (Client bob = AuctionVisits.visit(server, auction, "Bob")) {
            window.runScript("document.querySelector('#composer').noValidate = true");

            bid(window, "9");

            window.waitForText("#notice", "The next bid must be at least 10.");
            AuctionVisits.bid(bob, 10);
            window.waitForText("#price", "€10");
        }
    }

    @Test
    void aRestartedServerIsFoundAgain() throws Exception {
        Browser.Window window = open("/auctions/" + AuctionVisits.start(server, 300) + "/", 1280, "Ada");
        bid(window, "12");
        window.waitForText("#price", "€12");

        server.stop();
        window.waitForCount("#connection:not([data-state=connected])", 1);
        server.startAgain();

        window.waitForText("#connection", "Connected");
        bid(window, "13");
        window.waitForText("#price", "€13");
        assertThat(window.count("#bids li")).isEqualTo(2);
    }

    private static Browser.Window open(String path, int width, String name) {
        Browser.Window window = browser.open(server.page(path));
        window.resize(width, 844);
        if (window.count("#user-name") > 0) {
            window.element("#user-name").sendKeys(Keys.chord(Keys.CONTROL, "a"), name, Keys.ENTER);
        }
        return window;
    }

    private static void bid(Browser.Window window, String amount) {
        window.waitForText("#connection", "Connected");
        window.element("#amount").sendKeys(amount, Keys.ENTER);
    }
}
