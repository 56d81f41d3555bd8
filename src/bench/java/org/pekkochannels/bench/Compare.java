package org.pekkochannels.bench;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * Runs servers side by side under the same load, and prints their figures as a Markdown table.
 *
 * <p>All are started and warmed, then pinned; then their windows alternate, so that whatever else the machine does meets
 * all of them.
 */
public final class Compare {
    // For connections to open and to settle, before each window.
    private static final double SETTLE_SECONDS = 1.5;
    // Of a machine that is shared all the time, even the best window is a bad one.
    private static final int MOST_REPEATS = 5;

    private final CompareOptions options;
    private final LoadGenerator generator;
    private final List<ServerProcess> servers = new CopyOnWriteArrayList<>();

    private Compare(CompareOptions options) {
        this.options = options;
        generator = options.loadGenerator();
    }

    /**
     * Prints a table for each mode.
     *
     * @param args see the usage that is printed without any
     * @throws Exception when a server or the load generator does not run
     */
    public static void main(String[] args) throws Exception {
        Compare compare;
        try {
            compare = new Compare(CompareOptions.of(args));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + System.lineSeparator() + CompareOptions.USAGE);
            System.exit(2);
            return;
        }
        compare.run();
    }

    private void run() throws IOException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> servers.forEach(ServerProcess::stop)));
        start();
        warmUp();
        pin();
        System.out.println(ResultTable.HEAD);
        for (Load load : options.loads()) {
            System.out.print(measure(load));
        }
        if (options.idle()) {
            System.out.print(measureIdle());
        }
    }

    private void start() throws IOException, InterruptedException {
        for (Map.Entry<String, String> server : options.servers().entrySet()) {
            servers.add(ServerProcess.start(server.getKey(), server.getValue()));
        }
    }

    private void warmUp() throws IOException, InterruptedException {
        for (Load load : options.loads()) {
            for (ServerProcess server : servers) {
                System.err.printf("warming %s: %s%n", server.name(), load.label());
                run(generator.unpinned(), load, server, options.warmUp(), 1);
            }
        }
    }

    private void pin() throws IOException, InterruptedException {
        if (options.serverCpus().isPresent()) {
            for (ServerProcess server : servers) {
                server.pin(options.serverCpus().get());
            }
        }
        if (options.loadCpus().isPresent()) {
            // Pages are asked for by this process.
            ServerProcess.pin(ProcessHandle.current().pid(), options.loadCpus().get());
        }
    }

    private ResultTable measure(Load load) throws IOException, InterruptedException {
        ResultTable table = new ResultTable(load.label());
        for (int i = 0; i < options.windows(); i++) {
            for (ServerProcess server : servers) {
                undisturbed(load, server).ifPresent(window -> table.add(server.name(), window));
            }
        }
        return table;
    }

    /** The first window in which the machine below was ours, or else the one in which it was most so. */
    private Optional<Window> undisturbed(Load load, ServerProcess server) throws IOException, InterruptedException {
        Optional<Window> best = window(load, server);
        for (int i = 0; i < MOST_REPEATS && best.filter(this::isOurs).isEmpty(); i++) {
            best = Stream.of(best, window(load, server))
                    .flatMap(Optional::stream)
                    .min(Comparator.comparingDouble(Window::stolenPercent));
        }
        return best;
    }

    private boolean isOurs(Window window) {
        return window.stolenPercent() <= options.mostStolen();
    }

    private Optional<Window> window(Load load, ServerProcess server) throws IOException, InterruptedException {
        return run(generator, load, server, SETTLE_SECONDS, options.seconds());
    }

    private static Optional<Window> run(
            LoadGenerator generator, Load load, ServerProcess server, double warmUp, double seconds)
            throws IOException, InterruptedException {
        Optional<PageExchange> exchange = load.exchange();
        return exchange.isPresent()
                ? PageClient.run(exchange.get(), server, warmUp, seconds)
                : generator.run(load, server, warmUp, seconds);
    }

    private String measureIdle() throws IOException, InterruptedException {
        StringBuilder rows = new StringBuilder();
        double first = 0;
        for (ServerProcess server : servers) {
            double bytes = generator.bytesOfIdle(options.connections(), server);
            first = first == 0 ? bytes : first;
            rows.append(ResultTable.idleRow(server.name(), bytes, bytes / first));
        }
        return rows.toString();
    }
}
