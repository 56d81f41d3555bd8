package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.pekkochannels.database.FaultyNetwork;

/** A page of the chat whose network is cut and restored. */
@EnabledIf(
        value = "org.pekkochannels.example.Browser#isInstalled",
        disabledReason = "Debian's chromium and chromium-driver are not installed")
@Tag("edge")
final class ChatCutOffBrowserTest {
    private static final String LOG = "#chat-log";
    private static final String STATE = "#connection";

    @TempDir
    private static Path directory;

    private static ExampleServer server;
    private static Browser browser;

    private FaultyNetwork network;

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

    @BeforeEach
    void connect() {
        network = FaultyNetwork.to(server.page("/").getPort());
    }

    @AfterEach
    void closeWindows() throws Exception {
        browser.closeWindows();
        network.close();
    }

    /** What the server sends meanwhile is on its way to a connection that the page has given up. */
    @ParameterizedTest
    @ValueSource(ints = {390, 1280})
    void aPageWithoutNetworkReceivesWhatItMissedInOrderAndNothingTwice(int width) {
        String path = "/chat/underground-" + width + "/";
        Browser.Window page = open(path, width);
        try (Client ada = enter(path);
                Client watcher = Client.open(server.socket("/ws" + path + "?history=0&name=Watcher"))) {
            page.waitForText("#people-count", "2 people here");
            say(ada, 0, 3);
            page.waitForValue(LOG, lines(0, 3));

            network.freeze();
            say(ada, 3, 6);
            page.goOffline(true);
            // Between two attempts; read at once, because the next one may begin.
            page.waitForScript("return document.querySelector('" + STATE
                    + "').textContent.startsWith('Offline, reconnecting in ')");
            page.type("from below", Keys.ENTER);
            page.waitForText("#notice", "1 message waits for the connection.");
            say(ada, 6, 30);
            network.passNew();
            page.goOffline(false);

            page.waitForText(STATE, "Connected");
            page.waitForValue(LOG, "from below");
            assertThat(ada.text()).contains("from below");
            say(ada, 30, 33);
            page.waitForValue(LOG, lines(30, 33));
            assertThat(log(page)).isEqualTo(lines(0, 30) + "from below\n" + lines(30, 33));
            assertThat(page.count(".bubble")).isEqualTo(34);
            assertThat(page.overflow()).isZero();
            assertThat(textsUntil(watcher, "number 32.")).noneMatch(text -> text.contains("\"leaves\":{\""));
        }
    }

    @ParameterizedTest
    @CsvSource({"390, 60", "1280, 60", "390, 120", "1280, 1001"})
    void aPageWhoseConnectionIsResetReceivesWhatItMissedOrTheNewestMessages(int width, int missed) {
        String path = "/chat/harbour-" + width + "-" + missed + "/";
        Browser.Window page = open(path, width);
        try (Client ada = enter(path)) {
            say(ada, 0, 3);
            page.waitForValue(LOG, lines(0, 3));

            network.reset();
            page.waitForCount(STATE + ":not([data-state=connected])", 1);
            say(ada, 3, 3 + missed);
            network.passNew();

            page.waitForText(STATE, "Connected");
            page.waitForValue(LOG, lines(2 + missed, 3 + missed));
            // The history has 100 messages. Up to 1000 come from the database, or else the newest 50.
            boolean recovered = missed <= 1000;
            assertThat(log(page)).isEqualTo(lines(0, 3) + lines(recovered ? 3 : missed - 47, 3 + missed));
            assertThat(page.texts("li.day")).hasSize(recovered ? 1 : 2).contains("Today");
            assertThat(page.overflow()).isZero();
        }
    }

    private Browser.Window open(String path, int width) {
        Browser.Window page = browser.open(URI.create("http://127.0.0.1:" + network.port() + path));
        page.resize(width, 800);
        page.waitForText(STATE, "Connected");
        return page;
    }

    private static Client enter(String path) {
        return Client.open(server.socket("/ws" + path));
    }

    /** Sends numbers, and waits for each of them. */
    private static void say(Client client, int from, int to) {
        for (int i = from; i < to; i++) {
            client.send("{\"message\":\"number " + i + ".\"}");
            assertThat(client.text()).isEqualTo("{\"message\":\"number " + i + ".\"}");
        }
    }

    private static List<String> textsUntil(Client client, String part) {
        List<String> texts = new ArrayList<>(List.of(client.text()));
        while (!texts.get(texts.size() - 1).contains(part)) {
            texts.add(client.text());
        }
        return texts;
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "number " + i + ".\n").collect(Collectors.joining());
    }

    private static String log(Browser.Window page) {
        return String.valueOf(page.element(LOG).getDomProperty("value"));
    }
}
