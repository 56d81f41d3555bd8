package org.pekkochannels.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The command line of {@link Compare}; times in seconds. Immutable. */
record CompareOptions(Map<String, String> options, Map<String, String> servers) {
    static final String USAGE = """
            usage: Compare [option..] NAME=COMMAND..
              --loadgen PATH       the load generator; needed for all modes but page, upload and chunked
              --modes LIST         of %s and idle; default echo,echo16,broadcast,connect,db
              --windows N          windows of each server and mode, default 3; the median counts
              --seconds N          how long a window is, default 4
              --most-stolen N      percent of the processors that the machine below may take for others in a window;
                                   one with more is repeated, five times at most; default 2
              --warm-up N          seconds of each mode for each server before, on all processors; default 20
              --server-cpus LIST   where servers run once they are warm, as taskset has it; default anywhere
              --load-cpus LIST     where the load generator and this process run then; default anywhere
              --connections N      how many idle ones, default 10000
            A COMMAND is split at its spaces and finds its PORT in the environment. Ratios are to the first server.""".formatted(Load.labels());
    private static final Map<String, String> DEFAULTS = Map.of(
            "--loadgen", "",
            "--modes", "echo,echo16,broadcast,connect,db",
            "--windows", "3",
            "--seconds", "4",
            "--most-stolen", "2",
            "--warm-up", "20",
            "--server-cpus", "",
            "--load-cpus", "",
            "--connections", "10000");
    private static final String IDLE = "idle";

    static CompareOptions of(String[] args) {
        Map<String, String> options = new LinkedHashMap<>(DEFAULTS);
        Map<String, String> servers = new LinkedHashMap<>();
        for (Iterator<String> words = Arrays.asList(args).iterator(); words.hasNext(); ) {
            String word = words.next();
            if (DEFAULTS.containsKey(word) && words.hasNext()) {
                options.put(word, words.next());
            } else {
                server(word, servers);
            }
        }
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("a server is needed: NAME=COMMAND");
        }
        return new CompareOptions(options, servers).checked();
    }

    private static void server(String word, Map<String, String> servers) {
        String[] parts = word.split("=", 2);
        if (parts.length < 2 || word.startsWith("-")) {
            throw new IllegalArgumentException("neither an option with a value nor NAME=COMMAND: '" + word + "'");
        }
        servers.put(parts[0], parts[1]);
    }

    private CompareOptions checked() {
        boolean generated =
                idle() || loads().stream().anyMatch(load -> load.exchange().isEmpty());
        if (generated && text("--loadgen").isEmpty()) {
            throw new IllegalArgumentException("--loadgen is needed for --modes " + text("--modes"));
        }
        List.of("--windows", "--seconds", "--most-stolen", "--warm-up", "--connections")
                .forEach(this::number);
        return this;
    }

    LoadGenerator loadGenerator() {
        return new LoadGenerator(Path.of(text("--loadgen")), text("--load-cpus"));
    }

    List<Load> loads() {
        return modes().filter(mode -> !mode.equals(IDLE)).map(Load::of).toList();
    }

    boolean idle() {
        return modes().anyMatch(IDLE::equals);
    }

    Optional<String> serverCpus() {
        return Optional.of(text("--server-cpus")).filter(cpus -> !cpus.isEmpty());
    }

    Optional<String> loadCpus() {
        return Optional.of(text("--load-cpus")).filter(cpus -> !cpus.isEmpty());
    }

    int windows() {
        return number("--windows");
    }

    int seconds() {
        return number("--seconds");
    }

    int mostStolen() {
        return number("--most-stolen");
    }

    int warmUp() {
        return number("--warm-up");
    }

    int connections() {
        return number("--connections");
    }

    private Stream<String> modes() {
        return Arrays.stream(text("--modes").split(",", -1));
    }

    private String text(String name) {
        return options.getOrDefault(name, "");
    }

    private int number(String name) {
        int number = Integer.parseInt(text(name));
        if (number < 1) {
            throw new IllegalArgumentException(name + " must be 1 or more, was " + number);
        }
        return number;
    }
}
