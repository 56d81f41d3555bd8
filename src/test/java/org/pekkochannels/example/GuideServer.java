package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.pekkochannels.ChildJvm;
import org.pekkochannels.guide.MarkdownPage;
import org.pekkochannels.guide.Snippet;

/** The application of a page of the guide, compiled and started in a process of its own, with a database in memory. */
record GuideServer(Process process, CompletableFuture<String> address) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final Pattern ADDRESS = Pattern.compile("127\\.0\\.0\\.1:\\d+");

    /** Does not wait until it listens. */
    static GuideServer start(MarkdownPage page, String main, Path classes) throws IOException {
        assertThat(Snippet.compile(Snippet.of(page).toList(), classes)).isEmpty();
        Process process = start(Snippet.packageOf(page) + "." + main, classes);
        return new GuideServer(process, CompletableFuture.supplyAsync(() -> readAddress(process)));
    }

    private static Process start(String main, Path classes) throws IOException {
        String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
        ProcessBuilder builder = new ProcessBuilder(ChildJvm.on(classPath, main)).redirectErrorStream(true);
        builder.environment().put("HOST", "127.0.0.1");
        builder.environment().put("PORT", "0");
        builder.environment().put("DATABASE_URL", "jdbc:h2:mem:started;DB_CLOSE_DELAY=-1");
        return builder.start();
    }

    private static String readAddress(Process process) {
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

    URI page(String path) {
        return URI.create("http://" + authority() + path);
    }

    URI socket(String path) {
        return URI.create("ws://" + authority() + path);
    }

    private String authority() {
        return assertThat(address)
                .as("the address in the log")
                .succeedsWithin(PATIENCE)
                .actual();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
