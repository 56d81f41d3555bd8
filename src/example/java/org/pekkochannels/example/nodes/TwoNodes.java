package org.pekkochannels.example.nodes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts a PostgreSQL and two nodes of the examples, each a process, and prints what to try; {@code mvn -Pnodes} starts it.
 *
 * <p>The database is also their channel layer; with {@code -Dlayer=cluster} they are a Pekko cluster. All end with this process, however it
 * ends. With {@code DATABASE_URL} in the environment, that database is used.
 */
public final class TwoNodes {
    private static final List<String> PORTS = List.of("8001", "8002");

    private final List<ChatProcess> nodes = new CopyOnWriteArrayList<>();
    private volatile @Nullable ChildProcess database;

    private TwoNodes() {}

    /**
     * Runs until the process is stopped.
     *
     * @param args the HTTP port of each node, 8001 and 8002 by default; 0 for any free one
     * @throws InterruptedException if Maven stops
     */
    public static void main(String[] args) throws InterruptedException {
        TwoNodes all = new TwoNodes();
        Runtime.getRuntime().addShutdownHook(new Thread(all::stop, "stop-nodes"));
        try {
            all.start(args.length == 0 ? PORTS : List.of(args));
            all.startAgainOnEnter();
            new CountDownLatch(1).await();
        } catch (IOException | IllegalStateException e) {
            System.err.println("Not started: " + e.getMessage());
            System.exit(1);
        }
    }

    private void start(List<String> ports) throws IOException {
        String url = databaseUrl();
        List<String> addresses = freeAddresses(ports.size());
        String pages = ports.contains("0")
                ? ""
                : ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        for (int i = 0; i < ports.size(); i++) {
            String address = addresses.get(i);
            nodes.add(ChatProcess.start(
                    i + 1,
                    Map.of(
                            "CHANNELS_LAYER", layer(),
                            "CLUSTER_HOST", "127.0.0.1",
                            "CLUSTER_PORT", address.substring(address.indexOf(':') + 1),
                            "CLUSTER_SEEDS", String.join(",", addresses),
                            "DATABASE_URL", url,
                            "NODES", pages,
                            "PORT", ports.get(i))));
        }
        nodes.forEach(ChatProcess::awaitReady);
        System.out.println("""

                The examples on %d nodes, layer %s. Their database is %s

                  %s

                Open the pages, and write in each. End a node with kill -9 and its pid: its pages continue on another one.
                Those at /messages/ and /answers/ do, too.
                Enter starts a node again that has ended. Ctrl-C stops all. Their logs are in %s
                """.formatted(
                        nodes.size(),
                        layer(),
                        url,
                        nodes.stream().map(String::valueOf).collect(Collectors.joining(System.lineSeparator() + "  ")),
                        ChildProcess.LOGS));
    }

    private static String layer() {
        return System.getProperty(
                "layer", Optional.ofNullable(System.getenv("CHANNELS_LAYER")).orElse("postgres"));
    }

    private String databaseUrl() throws IOException {
        String given = System.getenv("DATABASE_URL");
        if (given != null) {
            return given;
        }
        ChildProcess server = ChildProcess.start(
                "database", DatabaseServer.class, List.of(), Map.of(), () -> {}, DatabaseServer.READY);
        database = server;
        return server.awaitReady();
    }

    private static List<String> freeAddresses(int count) throws IOException {
        List<ServerSocket> free = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                free.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return free.stream()
                    .map(ServerSocket::getLocalPort)
                    .sorted()
                    .map(port -> "127.0.0.1:" + port)
                    .toList();
        } finally {
            for (ServerSocket socket : free) {
                socket.close();
            }
        }
    }

    private void startAgainOnEnter() {
        Thread thread = new Thread(this::startAgainAtEachLine, "enter");
        thread.setDaemon(true);
        thread.start();
    }

    private void startAgainAtEachLine() {
        Scanner lines = new Scanner(System.in, Charset.defaultCharset());
        while (lines.hasNextLine()) {
            lines.nextLine();
            for (ChatProcess node : nodes) {
                startAgain(node);
            }
        }
    }

    private static void startAgain(ChatProcess node) {
        try {
            node.startAgainIfEnded();
        } catch (IOException | IllegalStateException e) {
            System.out.println("Not started: " + e.getMessage());
        }
    }

    /** The database last: the nodes still use it. */
    private void stop() {
        List<ChildProcess> chats = nodes.stream().map(ChatProcess::process).toList();
        chats.forEach(ChildProcess::stop);
        chats.forEach(ChildProcess::awaitEnd);
        Stream.ofNullable(database).forEach(server -> {
            server.stop();
            server.awaitEnd();
        });
    }
}
