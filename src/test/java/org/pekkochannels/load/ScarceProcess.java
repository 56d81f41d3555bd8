package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.pekkochannels.ChildJvm;

/** A {@link ScarceServer} and what it has printed. For one thread. */
final class ScarceProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;
    private final List<String> lines = new ArrayList<>();
    private final int port;

    /**
     * Starts one, and waits until it listens.
     *
     * @param edge the value of {@code channels.edge}
     * @param limit how many descriptors it may have
     * @param left how many it leaves before it listens; a negative number for all
     */
    ScarceProcess(String edge, int limit, int left) throws IOException {
        List<String> server =
                ChildJvm.command("-Dchannels.edge=" + edge, ScarceServer.class.getName(), String.valueOf(left));
        process = new ProcessBuilder(Stream.concat(
                                Stream.of("sh", "-c", "ulimit -n " + limit + " && exec \"$0\" \"$@\""), server.stream())
                        .toList())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = process.inputReader(StandardCharsets.UTF_8);
        in = process.outputWriter(StandardCharsets.UTF_8);
        port = Integer.parseInt(await(ScarceServer.PORT).substring(ScarceServer.PORT.length()));
    }

    int port() {
        return port;
    }

    /** What it has printed, as far as it has been read. */
    List<String> lines() {
        return lines;
    }

    /** Reads until a line contains a text, and returns the line; it may never come. */
    String await(String text) {
        return assertThat(CompletableFuture.supplyAsync(() -> read(text)))
                .as("a line with '%s'", text)
                .succeedsWithin(PATIENCE)
                .actual();
    }

    /** Has it take all descriptors. */
    void takeAll() throws IOException {
        order(ScarceServer.TAKE);
    }

    /** Has it give back what it has taken. */
    void giveBack() throws IOException {
        order(ScarceServer.GIVE_BACK);
    }

    private void order(String line) throws IOException {
        in.write(line);
        in.newLine();
        in.flush();
        await(ScarceServer.DONE);
    }

    private String read(String text) {
        try {
            while (true) {
                String line = Objects.requireNonNull(out.readLine(), () -> "the process has ended, after " + lines);
                lines.add(line);
                if (line.contains(text)) {
                    return line;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        // Before its output is closed, which waits for whoever still reads it.
        process.destroyForcibly();
        out.close();
    }
}
