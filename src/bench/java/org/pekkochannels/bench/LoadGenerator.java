package org.pekkochannels.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the load generator, a program of its own that prints one line of JSON; {@code cpus} is empty for all. */
record LoadGenerator(Path binary, String cpus) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String HOLD_SECONDS = "100";
    private static final long POLL_MILLIS = 100;

    /** Everywhere, as for a warm-up. */
    LoadGenerator unpinned() {
        return new LoadGenerator(binary, "");
    }

    /** One window; nothing, and a word of why, if it counts for nothing. */
    Optional<Window> run(Load load, ServerProcess server, double warmUp, double seconds)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(load.arguments());
        arguments.addAll(List.of("-k", "1", "-w", String.valueOf(warmUp), "-d", String.valueOf(seconds)));
        String line = lastLine(start(server, arguments));
        JsonNode said = JSON.readTree(line);
        if (Window.faulty(said)) {
            System.err.printf("%s of %s does not count: %s%n", load.label(), server.name(), line);
            return Optional.empty();
        }
        return Optional.of(Window.of(said));
    }

    /** How many bytes of live heap an idle connection takes. */
    double bytesOfIdle(int connections, ServerProcess server) throws IOException, InterruptedException {
        Path signals = Files.createTempDirectory("idle");
        Path ready = signals.resolve("ready");
        Path release = signals.resolve("release");
        long before = server.liveBytes();
        Process idle = start(
                server,
                List.of(
                        "--mode",
                        "idle",
                        "-n",
                        String.valueOf(connections),
                        "--hold",
                        HOLD_SECONDS,
                        "--ready-file",
                        ready.toString(),
                        "--release-file",
                        release.toString()));
        awaitFile(ready, idle);
        long bytes = server.liveBytes() - before;
        Files.createFile(release);
        lastLine(idle);
        return (double) bytes / connections;
    }

    private Process start(ServerProcess server, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(cpus.isEmpty() ? List.of() : List.of("taskset", "-c", cpus));
        command.add(binary.toString());
        command.addAll(List.of("--port", String.valueOf(server.port()), "--server-pid", String.valueOf(server.pid())));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String lastLine(Process process) throws IOException, InterruptedException {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines()
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new IllegalStateException(
                        "the load generator said nothing; exit value " + process.exitValue()));
    }

    private static void awaitFile(Path file, Process process) throws InterruptedException {
        while (!Files.exists(file)) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the load generator could not open its connections; see ulimit -n");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }
}
