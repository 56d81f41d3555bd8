package org.pekkochannels.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the layer between nodes, without sockets for clients, and prints Markdown tables.
 *
 * <pre>{@code java -cp target/benchmarks.jar org.pekkochannels.bench.NodeBenchmark throughput | idle | nodes | groups | killed}</pre>
 */
public final class NodeBenchmark {
    private static final int IN_FLIGHT = 1024;
    private static final int SECONDS = Integer.getInteger("seconds", 5);
    private static final int WARM_UP = Integer.getInteger("warm-up", 15);
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final List<String> BUSES =
            List.of(System.getProperty("buses", "channels,mediator,topic").split(",", -1));

    private final Path counters;

    private NodeBenchmark(Path counters) {
        this.counters = counters;
    }

    /**
     * Measures.
     *
     * @param args what to measure
     * @throws Exception if a node does not run
     */
    public static void main(String[] args) throws Exception {
        NodeBenchmark benchmark = new NodeBenchmark(Files.createTempFile("counters", ""));
        switch (args.length == 1 ? args[0] : "") {
            case "throughput" -> benchmark.throughput();
            case "idle" -> benchmark.idle();
            case "nodes" -> benchmark.nodes();
            case "groups" -> benchmark.groups();
            case "killed" -> benchmark.killed();
            default -> System.err.println("say throughput, idle, nodes, groups or killed");
        }
        Runtime.getRuntime().halt(0);
    }

    /** From send to receipt on the other node, 1024 in flight: in one JVM, and between two. */
    private void throughput() throws IOException, InterruptedException {
        System.out.println("| events/s, " + IN_FLIGHT + " in flight | two systems in one JVM | two JVMs |");
        System.out.println("|---|---|---|");
        for (String bus : BUSES) {
            System.out.printf("| %s | %s | %s |%n", bus, inOneJvm(bus), betweenJvms(bus));
        }
    }

    private String inOneJvm(String bus) throws IOException, InterruptedException {
        Counters shared = Counters.open(counters.toString());
        shared.received(0);
        int port = BusProcess.freePort();
        BusNode[] nodes = new BusNode[2];
        Thread first = new Thread(() -> nodes[0] = node(bus, 0, port, port, shared));
        first.start();
        nodes[1] = node(bus, 1, 0, port, shared);
        first.join();
        nodes[1].subscribe(1, false);
        Thread.sleep(2000); // the mediator and the topic tell the other node of it later
        String[] rates = new String[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            rates[i] = nodes[0].flood(IN_FLIGHT, i == 0 ? WARM_UP : 1, SECONDS, shared.received());
        }
        nodes[0].stop();
        nodes[1].stop();
        return median(rates);
    }

    private static BusNode node(String bus, int index, int port, int seed, Counters shared) {
        try {
            return new BusNode(bus, index, port, "127.0.0.1:" + seed, 2, shared);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String betweenJvms(String bus) throws IOException, InterruptedException {
        Counters.open(counters.toString()).received(0);
        List<BusProcess> nodes = BusProcess.cluster(bus, counters, 1, 1);
        nodes.get(1).call("count 1");
        Thread.sleep(2000);
        String[] rates = new String[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            rates[i] = nodes.get(0).call("flood " + IN_FLIGHT + " " + (i == 0 ? WARM_UP : 1) + " " + SECONDS);
        }
        nodes.forEach(BusProcess::close);
        return median(rates);
    }

    private static String median(String... answers) {
        double[] rates = Arrays.stream(answers)
                .mapToDouble(answer -> BusProcess.figuresOf(answer).getOrDefault("rate", 0.0))
                .sorted()
                .toArray();
        boolean missing = Arrays.stream(answers)
                .anyMatch(answer -> BusProcess.figuresOf(answer).getOrDefault("missing", 1.0) > 0);
        return String.format(Locale.ROOT, "%,.0f%s", rates[rates.length / 2], missing ? ", not all" : "");
    }

    /** The CPU of one node of two, of which neither does anything. */
    private void idle() throws IOException, InterruptedException {
        List<BusProcess> nodes = BusProcess.cluster("channels", counters, 1, 1);
        Thread.sleep(20_000);
        long seconds = 60;
        double[] before = {cpu(nodes.get(0)), cpu(nodes.get(1))};
        Thread.sleep(seconds * 1000);
        for (int i = 0; i < 2; i++) {
            System.out.printf(
                    Locale.ROOT,
                    "node %d of two, idle for %d s: %.2f %% of a core%n",
                    i + 1,
                    seconds,
                    (cpu(nodes.get(i)) - before[i]) / seconds / 1e7);
        }
        nodes.forEach(BusProcess::close);
    }

    private static double cpu(BusProcess node) throws IOException {
        return Double.parseDouble(node.call("cpu"));
    }

    /** What a node pays for the others: the node on one core, all others on the other. */
    private void nodes() throws IOException, InterruptedException {
        System.out.println("| nodes | idle, percent of a core | a send, us | an event that only others want, us |");
        System.out.println("|---|---|---|---|");
        for (int count : new int[] {3, 10, 30}) {
            List<BusProcess> processes = BusProcess.cluster("channels", counters, 1, count - 1);
            BusProcess node = processes.get(0);
            BusProcess others = processes.get(1);
            node.pin("0");
            others.pin("1");
            double rate = 2000;
            node.call("paced " + rate + " " + WARM_UP + " 1");
            others.call("spread " + rate + " " + WARM_UP);
            Thread.sleep(3000);
            double idle = share(node, 10);
            double before = cpu(node);
            node.call("paced " + rate + " 10 1");
            double sends = (cpu(node) - before) / 1e3 / 10 - idle;
            before = cpu(node);
            others.call("spread " + rate + " 10");
            double events = (cpu(node) - before) / 1e3 / 10 - idle;
            System.out.printf(
                    Locale.ROOT, "| %d | %.2f | %.1f | %.1f |%n", count, idle / 1e4, sends / rate, events / rate);
            processes.forEach(BusProcess::close);
        }
    }

    /** Microseconds of CPU a second. */
    private static double share(BusProcess node, int seconds) throws IOException, InterruptedException {
        double before = cpu(node);
        Thread.sleep(seconds * 1000L);
        return (cpu(node) - before) / 1e3 / seconds;
    }

    /** Many groups on one node of three: what the others pay for them. */
    private void groups() throws IOException, InterruptedException {
        int groups = 100_000;
        List<BusProcess> nodes = BusProcess.cluster("channels", counters, 1, 1, 1);
        BusProcess having = nodes.get(0);
        BusProcess sending = nodes.get(1);
        having.call("count 1");
        sending.call("paced 5000 " + WARM_UP + " 1");
        System.out.println(
                "| groups of node 1 | heap of node 1, MB | of node 2 | of node 3 | a send of node 2, us of CPU |");
        System.out.println("|---|---|---|---|---|");
        row(nodes, 1);
        having.call("count " + groups);
        row(nodes, groups);
        row(nodes, groups);
        nodes.forEach(BusProcess::close);
    }

    private static void row(List<BusProcess> nodes, int groups) throws IOException {
        Map<String, Double> sends = nodes.get(1).figures("paced 5000 10 " + groups);
        System.out.printf(Locale.ROOT, "| %d |", groups);
        for (BusProcess node : nodes) {
            System.out.printf(Locale.ROOT, " %.1f |", Double.parseDouble(node.call("heap")) / (1 << 20));
        }
        System.out.printf(Locale.ROOT, " %.1f |%n", sends.getOrDefault("cpu", 0.0));
    }

    /** Three nodes that send 10,000 events a second together; one is killed. */
    private void killed() throws IOException, InterruptedException {
        double rate = 10_000 / 3.0;
        List<BusProcess> nodes = BusProcess.cluster("channels", counters, 1, 1, 1);
        for (BusProcess node : nodes) {
            node.call("read 1");
        }
        paced(nodes, rate, WARM_UP);
        report(nodes, "warm-up");
        paced(nodes, rate, 10);
        report(nodes, "quiet");
        List<BusProcess> others = nodes.subList(0, 2);
        for (BusProcess node : nodes) {
            node.send("paced " + rate + " 30 1");
        }
        Thread.sleep(2000);
        nodes.get(2).kill();
        for (BusProcess node : others) {
            node.answer();
        }
        Thread.sleep(1000);
        report(others, "one killed");
        nodes.forEach(BusProcess::close);
    }

    private static void paced(List<BusProcess> nodes, double rate, int seconds)
            throws IOException, InterruptedException {
        for (BusProcess node : nodes) {
            node.send("paced " + rate + " " + seconds + " 1");
        }
        for (BusProcess node : nodes) {
            node.answer();
        }
        Thread.sleep(1000);
    }

    private static void report(List<BusProcess> nodes, String when) throws IOException {
        for (int i = 0; i < nodes.size(); i++) {
            System.out.printf("%s, node %d, ms: %s%n", when, i, nodes.get(i).call("report"));
        }
    }
}
