package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pekkochannels.ChildJvm;

/** The starter's jar in a process of its own, on a free port, in an empty folder. */
record StarterServer(Process process, BufferedReader log, String authority) implements AutoCloseable {
    private static final String LISTENING = "listening on http://";

    static StarterServer start(Path jar, Path folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(ChildJvm.plain("-jar", jar.toString()))
                .directory(Files.createDirectories(folder).toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeAll(StarterBuild.SETTINGS);
        builder.environment().put("PORT", "0");
        Process process = builder.start();
        BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
        return new StarterServer(process, log, authority(log));
    }

    private static String authority(BufferedReader log) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            lines.add(line);
            int at = line.indexOf(LISTENING);
            if (at >= 0) {
                return line.substring(at + LISTENING.length(), line.lastIndexOf('/'));
            }
        }
        throw new AssertionError("the process has ended: " + lines);
    }

    URI page() {
        return URI.create("http://" + authority + "/");
    }

    URI socket() {
        return URI.create("ws://" + authority + "/ws/notes/");
    }

    /** Stops by SIGTERM; the lines that the process has written since it listens. */
    List<String> stop() throws InterruptedException {
        // Not the process itself, for that would close its streams too.
        process.toHandle().destroy();
        List<String> rest = log.lines().toList();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return rest;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
