package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.Keys;
import org.pekkochannels.guide.MarkdownPage;
import org.pekkochannels.guide.Snippet;

/** Every script of README and guide, in a browser, against the server that its page compiles to. */
@EnabledIf(
        value = "org.pekkochannels.example.Browser#isInstalled",
        disabledReason = "Debian's chromium and chromium-driver are not installed")
final class GuideScriptsTest {
    private static Browser browser;

    @TempDir
    private Path classes;

    @BeforeAll
    static void start() {
        browser = Browser.start();
    }

    @AfterAll
    static void stop() {
        browser.close();
    }

    @AfterEach
    void closeWindows() {
        browser.closeWindows();
    }

    /** A page of HTML, and the page of the guide that shows it. */
    private record Script(MarkdownPage page, MarkdownPage.Block block) {
        static Stream<Script> of(MarkdownPage page) {
            // The guide shows whole pages only. JavaScript alone fails here, until this test puts a page around it.
            return Stream.of("html", "js", "javascript")
                    .flatMap(language -> page.blocks(language).stream())
                    .map(block -> new Script(page, block));
        }

        GuideServer serve(Path classes) throws IOException {
            Files.writeString(classes.resolve(file()), block.code());
            return GuideServer.start(page, server(), classes);
        }

        boolean isChat() {
            return file().equals("chat.html");
        }

        private String file() {
            return page.name().equals("presence.md") ? "presence.html" : "chat.html";
        }

        private String server() {
            return Snippet.of(page)
                    .filter(snippet -> snippet.code().contains("getFromResource(\"" + file() + "\")"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no server of " + file() + " on the page of " + this))
                    .type();
        }

        @Override
        public String toString() {
            return page.path() + ":" + block.line();
        }
    }

    static Stream<Script> scripts() {
        return MarkdownPage.all().stream().flatMap(Script::of);
    }

    static Stream<Script> chats() {
        return scripts().filter(Script::isChat);
    }

    @ParameterizedTest
    @MethodSource("chats")
    void showsInEachWindowWhatIsTypedInOne(Script script) throws IOException {
        try (GuideServer server = script.serve(classes)) {
            Browser.Window one = open(server.page("/"));
            Browser.Window two = open(server.page("/"));

            say(one, "hello");
            one.waitForText("ul li", "hello");
            two.waitForText("ul li", "hello");
            say(two, "world");

            one.waitForText("ul li:nth-child(2)", "world");
            two.waitForText("ul li:nth-child(2)", "world");
        }
    }

    private static Browser.Window open(URI page) {
        Browser.Window window = browser.open(page);
        window.waitForScript("return socket.readyState === WebSocket.OPEN");
        return window;
    }

    private static void say(Browser.Window window, String text) {
        window.click("#text");
        window.type(text, Keys.ENTER);
    }

    @Test
    void showsTheUsersOfARoomInEachWindow() throws IOException {
        Script script = scripts().filter(any -> !any.isChat()).findFirst().orElseThrow();
        try (GuideServer server = script.serve(classes)) {
            Browser.Window ann = open(server.page("/?ann"));
            ann.waitForText("#present li", "ann (1)");
            Browser.Window other = open(server.page("/?__proto__"));
            other.waitForText("#present li:nth-child(1)", "__proto__ (1)");
            other.waitForText("#present li:nth-child(2)", "ann (1)");
            open(server.page("/?ann"));

            ann.waitForText("#present li:nth-child(1)", "__proto__ (1)");
            ann.waitForText("#present li:nth-child(2)", "ann (2)");
            other.waitForText("#present li:nth-child(2)", "ann (2)");
        }
    }

    @Test
    void showsTheStateOfItsConnectionInTheFieldOfTheFirstPage() throws IOException {
        Script script = gettingStarted();
        try (GuideServer server = script.serve(classes)) {
            Browser.Window local = browser.open(local(script, server).toUri());
            local.waitForCount("#text[placeholder^='Closed with 1006']", 1);
            Browser.Window window = browser.open(server.page("/"));
            window.waitForCount("#text[placeholder='Type a message']", 1);
            say(window, "hello");
            window.waitForText("#messages li", "hello");
            assertThat(window.element("#text").getDomProperty("value")).isEmpty();

            server.process().destroy();

            window.waitForCount("#text[placeholder^='Closed with 1012']", 1);
        }
    }

    /** The page as a local file, which the server refuses. */
    private Path local(Script script, GuideServer server) throws IOException {
        String authority = server.page("/").getAuthority();
        return Files.writeString(
                classes.resolve("local.html"), script.block().code().replace("${location.host}", authority));
    }

    private static Script gettingStarted() {
        return scripts()
                .filter(script -> script.page().name().equals("getting-started.md"))
                .findFirst()
                .orElseThrow();
    }
}
