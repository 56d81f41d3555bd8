package org.pekkochannels.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A {@link BusNode}, or several, in a process of its own. For one thread. */
final class BusProcess implements AutoCloseable {
    private static final String ANSWER = "= ";

    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    private BusProcess(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts processes with so many nodes in each, as one cluster, and waits until all are ready. */
    static List<BusProcess> cluster(String bus, Path counters, int... nodes) throws IOException {
        int all = 0;
        for (int count : nodes) {
            all += count;
        }
        int port = freePort();
        List<BusProcess> processes = new ArrayList<>();
        int index = 0;
        for (int count : nodes) {
            processes.add(start(bus, index, index == 0 ? port : 0, "127.0.0.1:" + port, all, counters, count));
            index += count;
        }
        for (BusProcess process : processes) {
            process.answer();
        }
        return processes;
    }

    private static BusProcess start(String bus, int index, int port, String seeds, int all, Path counters, int here)
            throws IOException {
        return new BusProcess(new ProcessBuilder(Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                "-Xmx1g",
                                "-XX:+UseParallelGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                BusNode.class.getName(),
                                bus,
                                index,
                                port,
                                seeds,
                                all,
                                counters,
                                here)
                        .map(String::valueOf)
                        .toList())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    void send(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
    }

    String answer() throws IOException {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith(ANSWER)) {
                return line.substring(ANSWER.length());
            }
            System.err.println(line);
        }
        throw new IOException("the node has ended");
    }

    String call(String command) throws IOException {
        send(command);
        return answer();
    }

    /** The figures of an answer such as {@code rate=1 missing=0}. */
    Map<String, Double> figures(String command) throws IOException {
        return figuresOf(call(command));
    }

    static Map<String, Double> figuresOf(String answer) {
        return Stream.of(answer.split(" ", -1))
                .map(word -> word.split("=", 2))
                .filter(word -> word.length == 2 && !word[1].startsWith("{"))
                .collect(Collectors.toMap(word -> word[0], word -> Double.valueOf(word[1])));
    }

    void pin(String cpus) throws IOException, InterruptedException {
        ServerProcess.pin(process.pid(), cpus);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
