package org.pekkochannels.example.nodes;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One node of {@link TwoNodes}, which may end and be started again at the same addresses. For one thread at a time. */
final class ChatProcess {
    private static final String READY = "Open ";
    // How long the first seed node waits for another one before it forms a cluster. At first there is none.
    private static final Duration WAIT = Duration.ofSeconds(2);
    // The other node is busy with the end of the former process, and must not be left alone.
    private static final Duration WAIT_AGAIN = Duration.ofSeconds(20);

    private final String name;
    private final Map<String, String> environment = new HashMap<>();
    private ChildProcess process;
    private URI page = URI.create("");

    private ChatProcess(String name, Map<String, String> environment) throws IOException {
        this.name = name;
        this.environment.putAll(environment);
        this.process = start(name, WAIT, this.environment);
    }

    /** Starts a node, which is not ready yet. */
    static ChatProcess start(int number, Map<String, String> environment) throws IOException {
        return new ChatProcess("node " + number, environment);
    }

    private static ChildProcess start(String name, Duration wait, Map<String, String> environment) throws IOException {
        return ChildProcess.start(
                name.replace(' ', '-'),
                ChatNode.class,
                List.of(
                        "-Dpekko.cluster.seed-node-timeout=" + wait.toSeconds() + "s",
                        "-Dpekko.cluster.retry-unsuccessful-join-after=1s"),
                environment,
                () -> System.out.println(name + " has ended"),
                READY);
    }

    /** Waits until it is ready. */
    void awaitReady() {
        page = URI.create(process.awaitReady());
        environment.put("PORT", String.valueOf(page.getPort()));
    }

    void startAgainIfEnded() throws IOException {
        if (!process.isAlive()) {
            process = start(name, WAIT_AGAIN, environment);
            awaitReady();
            System.out.println(this);
        }
    }

    ChildProcess process() {
        return process;
    }

    @Override
    public String toString() {
        return name + "  " + page.resolve("lobby/") + "  pid " + process.pid();
    }
}
