package org.pekkochannels.database;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A server's program that runs until this is closed. */
final class ServerProcess implements AutoCloseable {
    private final Process process;

    private ServerProcess(Process process) {
        this.process = process;
    }

    /** Starts it, and returns when it has said {@code ready}. */
    static ServerProcess start(List<String> command, String ready) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            said.append(line).append('\n');
            if (line.contains(ready)) {
                drain(log);
                return new ServerProcess(process);
            }
        }
        throw new IOException(command.get(0) + " did not start:\n" + said);
    }

    /** Runs a program that ends by itself; fails with what it has said if it does not end well. */
    static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(command.get(0) + " failed:\n" + said);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Asks it to end, and returns when it has. */
    void stop() {
        process.destroy();
        process.onExit().join();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    // Or it would wait for us when the pipe is full.
    private static void drain(BufferedReader log) {
        Thread drain = new Thread(() -> log.lines().forEach(line -> {}), "server-log");
        drain.setDaemon(true);
        drain.start();
    }
}
