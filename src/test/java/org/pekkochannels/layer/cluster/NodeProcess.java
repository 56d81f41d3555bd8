package org.pekkochannels.layer.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.pekkochannels.ChildJvm;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.GroupName;

/** A node in a JVM of its own, which a test kills. */
final class NodeProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    private NodeProcess(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** The program: a node that does what it reads, and answers each line with {@code done}. */
    public static void main(String[] args) throws IOException {
        ActorSystem<?> system = ActorSystem.create(Behaviors.empty(), "channels", Nodes.config(args[0]));
        system.getWhenTerminated().thenRun(() -> System.exit(0));
        ChannelLayer layer = ChannelLayer.get(system);
        layer.started().toCompletableFuture().join();
        Channel channel = layer.newChannel(event -> {});
        done();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "send" ->
                    layer.groupSend(words[1], "said", words[2])
                            .toCompletableFuture()
                            .join();
                case "enter" ->
                    layer.presence()
                            .enter(new GroupName(words[1]), channel, words[2], "1".getBytes(StandardCharsets.UTF_8))
                            .toCompletableFuture()
                            .join();
                default -> throw new IllegalArgumentException(line);
            }
            done();
        }
        System.exit(0);
    }

    private static void done() {
        System.out.println("done");
        System.out.flush();
    }

    /** Starts it; {@link #await} waits until it has joined. */
    static NodeProcess start(String config) throws IOException {
        List<String> command = new ArrayList<>(List.of(ChildJvm.java(), "-Xmx128m"));
        command.addAll(ChildJvm.SHORT_LIVED);
        command.addAll(List.of(NodeProcess.class.getName(), config));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("CLASSPATH", System.getProperty("java.class.path")));
        return new NodeProcess(builder.start());
    }

    NodeProcess await() throws IOException {
        for (String line = answers.readLine(); !"done".equals(line); line = answers.readLine()) {
            if (line == null) {
                throw new IOException("the node has ended");
            }
        }
        return this;
    }

    void tell(String command) throws IOException {
        process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        await();
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    boolean endsWithin(long seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        kill();
    }
}
