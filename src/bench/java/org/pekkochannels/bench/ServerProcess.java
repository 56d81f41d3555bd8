package org.pekkochannels.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server under test: a process that listens on 127.0.0.1 at the PORT of its environment. */
record ServerProcess(String name, Process process, int port) {
    private static final int MOST_ATTEMPTS = 600;
    private static final long POLL_MILLIS = 100;
    private static final long STOP_SECONDS = 20;
    private static final int MOST_ANSWER_MILLIS = 10_000;

    /** Starts {@code command}, split at its spaces, and waits until it listens. */
    static ServerProcess start(String name, String command) throws IOException, InterruptedException {
        return start(name, command, Map.of());
    }

    static ServerProcess start(String name, String command, Map<String, String> environment)
            throws IOException, InterruptedException {
        int port = freePort();
        Path log = Files.createTempFile("bench-" + name + "-", ".log");
        ProcessBuilder builder = new ProcessBuilder(command.trim().split(" +", -1));
        builder.environment().putAll(environment);
        builder.environment().put("PORT", String.valueOf(port));
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        ServerProcess server = new ServerProcess(name, process, port);
        server.awaitListening(log);
        return server;
    }

    long pid() {
        return process.pid();
    }

    /** All its threads run on these processors from now on. */
    void pin(String cpus) throws IOException, InterruptedException {
        pin(pid(), cpus);
    }

    /** All threads of any process, and those it starts later. */
    static void pin(long pid, String cpus) throws IOException, InterruptedException {
        output("taskset", "-acp", cpus, String.valueOf(pid));
    }

    /** User and system time until now. */
    Duration cpuTime() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException(name + " has ended, or its CPU time cannot be read"));
    }

    /** What it has allocated until now, which it says at {@code /allocated}. */
    long allocatedBytes() throws IOException {
        URLConnection page = new URL("http", "127.0.0.1", port, "/allocated").openConnection();
        page.setReadTimeout(MOST_ANSWER_MILLIS);
        try (InputStream answer = page.getInputStream()) {
            return Long.parseLong(new String(answer.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    /** What the heap holds after two collections. Java only. */
    long liveBytes() throws IOException, InterruptedException {
        jcmd("GC.run");
        jcmd("GC.run");
        String total = jcmd("GC.class_histogram")
                .lines()
                .filter(line -> line.startsWith("Total"))
                .map(String::stripTrailing)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("no histogram of " + name + "; is its command java itself?"));
        // "Total", instances, bytes.
        return Long.parseLong(total.substring(total.lastIndexOf(' ') + 1));
    }

    /** Tells it to stop, and after a while makes it. */
    void stop() {
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, STOP_SECONDS, TimeUnit.SECONDS)
                .join();
        process.destroyForcibly();
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }

    private void awaitListening(Path log) throws InterruptedException {
        for (int i = 0; i < MOST_ATTEMPTS && process.isAlive(); i++) {
            if (listens()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        stop();
        throw new IllegalStateException(name + " does not listen at its PORT, " + port + "; see " + log);
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        return output(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), String.valueOf(pid()), command);
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process run =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (run.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + said.trim());
        }
        return said;
    }
}
