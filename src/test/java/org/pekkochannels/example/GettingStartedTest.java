package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.pekkochannels.guide.MarkdownPage;
import org.pekkochannels.guide.Snippet;

/** The guide's first application: its snippets, compiled and started as a reader does. */
final class GettingStartedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final String OPEN = "#text[placeholder='Type a message']";
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

    @TempDir
    private static Path classes;

    private static Process process;
    private static URI server;

    @BeforeAll
    static void start() throws IOException {
        MarkdownPage page = MarkdownPage.read(MarkdownPage.GUIDE.resolve("getting-started.md"));
        assertThat(Snippet.compile(Snippet.of(page).toList(), classes)).isEmpty();
        Files.writeString(
                classes.resolve("chat.html"), page.blocks("html").get(0).code());
        process = start(Snippet.packageOf(page) + ".ChatServer");
        server = URI.create(awaitAddress());
    }

    private static Process start(String main) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        classes + File.pathSeparator + System.getProperty("java.class.path"),
                        main)
                .redirectErrorStream(true);
        builder.environment().put("HOST", "127.0.0.1");
        builder.environment().put("PORT", "0");
        builder.environment().put("DATABASE_URL", "jdbc:h2:mem:started;DB_CLOSE_DELAY=-1");
        return builder.start();
    }

    private static String awaitAddress() {
        return assertThat(CompletableFuture.supplyAsync(GettingStartedTest::readAddress))
                .as("the address in the log")
                .succeedsWithin(PATIENCE)
                .actual();
    }

    private static String readAddress() {
        List<String> lines = new ArrayList<>();
        try {
            BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                lines.add(line);
                List<String> found =
                        ADDRESS.matcher(line).results().map(MatchResult::group).toList();
                if (!found.isEmpty()) {
                    return found.get(0);
                }
            }
        } catch (IOException e) {
            lines.add(e.toString());
        }
        throw new CompletionException("the process has ended: " + lines, null);
    }

    @AfterAll
    static void stop() {
        process.destroyForcibly();
    }

    @Test
    void sendsWhatOneClientSaysToTheOthersOfItsRoom() throws InterruptedException {
        try (Client one = open("harbour");
                Client two = open("harbour");
                Client other = open("attic")) {
            one.send("hello");

            assertThat(one.text()).isEqualTo("hello");
            assertThat(two.text()).isEqualTo("hello");
            other.send("anyone here?");
            assertThat(other.text()).isEqualTo("anyone here?");
        }
    }

    private static Client open(String room) {
        return Client.open(URI.create("ws://" + server.getAuthority() + "/ws/chat/" + room + "/"));
    }

    @Test
    @EnabledIf(
            value = "org.pekkochannels.example.Browser#isInstalled",
            disabledReason = "Debian's chromium and chromium-driver are not installed")
    void showsInEachWindowWhatIsTypedInOne() {
        try (Browser browser = Browser.start()) {
            Browser.Window one = browser.open(server.resolve("/"));
            Browser.Window two = browser.open(server.resolve("/"));
            two.waitForCount(OPEN, 1);
            one.waitForCount(OPEN, 1);

            one.type("hello", Keys.ENTER);

            one.waitForText("#messages li", "hello");
            two.waitForText("#messages li", "hello");
            assertThat(one.element("#text").getDomProperty("value")).isEmpty();
        }
    }
}
