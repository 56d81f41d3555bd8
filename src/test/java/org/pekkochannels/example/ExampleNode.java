package org.pekkochannels.example;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pekkochannels.ChildJvm;
import org.pekkochannels.example.chat.ChatServer;

/** The examples in a JVM of their own, as {@code mvn} starts them, which can be killed. */
final class ExampleNode implements AutoCloseable {
    private static final String READY = "Open ";

    private final Process process;
    private final BufferedReader output;

    private ExampleNode(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts it, with what {@code environment} says beside the settings of {@code application.conf}. */
    static ExampleNode start(Path folder, Map<String, String> environment) throws IOException {
        ProcessBuilder java = new ProcessBuilder(ChildJvm.on(
                        DevelopmentLoopTest.classPath(),
                        "-Dconfig.file=" + Path.of("application.conf").toAbsolutePath(),
                        "-Dlogback.configurationFile=example/logback.xml",
                        ChatServer.class.getName()))
                .directory(folder.toFile())
                .redirectErrorStream(true);
        java.environment().keySet().removeAll(StarterBuild.SETTINGS);
        java.environment().putAll(environment);
        return new ExampleNode(java.start());
    }

    /** Waits until it serves its pages. */
    void awaitReady() throws IOException {
        List<String> before = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                Thread reader = new Thread(this::readToTheEnd, "output-of-a-node");
                reader.setDaemon(true);
                reader.start();
                return;
            }
            before.add(line);
        }
        throw new AssertionError("the node has ended: " + before);
    }

    private void readToTheEnd() {
        output.lines().forEach(line -> {});
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    /** The address of a path on a port of this machine. */
    static URI address(String scheme, int port, String path) {
        return URI.create(scheme + "://127.0.0.1:" + port + path);
    }
}
