package org.pekkochannels.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs two nodes of each of some servers, publishes at the first and receives at the second, and prints a Markdown table.
 *
 * <p>Each server is a command, started twice with {@code PORT}, {@code CLUSTER_PORT} and {@code CLUSTER_SEEDS} in its environment. Both nodes
 * run on one core and this program on another. Windows of the servers alternate, and the median counts.
 */
public final class CompareNodes {
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final double SECONDS = Integer.getInteger("seconds", 2);
    private static final double WARM_UP = Integer.getInteger("warm-up", 20);
    private static final double SETTLE = 0.5;
    private static final double PACE = 1000;

    private final Map<String, List<ServerProcess>> servers = new LinkedHashMap<>();

    private CompareNodes() {}

    /**
     * Measures.
     *
     * @param args each server as {@code name=command}
     * @throws Exception if a server does not run, or a message is missing
     */
    public static void main(String[] args) throws Exception {
        CompareNodes compare = new CompareNodes();
        Runtime.getRuntime().addShutdownHook(new Thread(compare::stop));
        for (String arg : args) {
            String[] server = arg.split("=", 2);
            compare.start(server[0], server[1]);
        }
        System.out.println("| | members | in flight | messages/s | p50 ms | p99 ms |");
        System.out.println("|---|---|---|---|---|---|");
        for (int members : numbers("members", "1,100")) {
            compare.measure(members);
        }
        System.exit(0);
    }

    private static int[] numbers(String property, String absent) {
        return Arrays.stream(System.getProperty(property, absent).split(",", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private void start(String name, String command) throws IOException, InterruptedException {
        int first = BusProcess.freePort();
        int second = BusProcess.freePort();
        String seeds = "127.0.0.1:" + first + ",127.0.0.1:" + second;
        List<ServerProcess> nodes = new ArrayList<>();
        servers.put(name, nodes);
        for (int port : new int[] {first, second}) {
            nodes.add(ServerProcess.start(
                    name, command, Map.of("CLUSTER_PORT", String.valueOf(port), "CLUSTER_SEEDS", seeds)));
        }
    }

    private void stop() {
        servers.values().forEach(nodes -> nodes.forEach(ServerProcess::stop));
    }

    private void measure(int members) throws IOException, InterruptedException {
        Map<String, NodeLoad> loads = new LinkedHashMap<>();
        for (Map.Entry<String, List<ServerProcess>> server : servers.entrySet()) {
            List<ServerProcess> nodes = server.getValue();
            loads.put(
                    server.getKey(),
                    new NodeLoad(nodes.get(0).port(), nodes.get(1).port(), members));
        }
        Thread.sleep(1000); // the event bus tells the other node of its subscription
        for (NodeLoad load : loads.values()) {
            load.run(64, 0, WARM_UP, 1);
        }
        for (List<ServerProcess> nodes : servers.values()) {
            for (ServerProcess node : nodes) {
                node.pin("0");
            }
        }
        ServerProcess.pin(ProcessHandle.current().pid(), "1");
        for (NodeLoad load : loads.values()) {
            load.run(64, 0, WARM_UP / 4, 1);
        }
        // 0 is paced.
        for (int inFlight : numbers("in-flight", "1,64,1024,0")) {
            print(members, inFlight, windows(loads, inFlight));
        }
        for (NodeLoad load : loads.values()) {
            load.close();
        }
    }

    private static Map<String, List<NodeLoad.Result>> windows(Map<String, NodeLoad> loads, int inFlight)
            throws IOException {
        Map<String, List<NodeLoad.Result>> results = new LinkedHashMap<>();
        for (int i = 0; i < ROUNDS; i++) {
            for (Map.Entry<String, NodeLoad> load : loads.entrySet()) {
                results.computeIfAbsent(load.getKey(), name -> new ArrayList<>())
                        .add(load.getValue().run(inFlight, inFlight == 0 ? PACE : 0, SETTLE, SECONDS));
            }
        }
        return results;
    }

    private static void print(int members, int inFlight, Map<String, List<NodeLoad.Result>> results) {
        results.forEach((name, windows) -> {
            List<NodeLoad.Result> sorted = windows.stream()
                    .sorted(Comparator.comparingDouble(
                            inFlight == 0 ? NodeLoad.Result::p99Micros : NodeLoad.Result::rate))
                    .toList();
            NodeLoad.Result median = sorted.get(sorted.size() / 2);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %s | %,.0f | %.2f | %.2f |%n",
                    name,
                    members,
                    inFlight == 0 ? "paced" : String.valueOf(inFlight),
                    median.rate(),
                    median.p50Micros() / 1e3,
                    median.p99Micros() / 1e3);
        });
    }
}
