package org.pekkochannels.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Does the same to two servers, and prints as a Markdown table what each of them did. Nothing in it is known beforehand. */
public final class Sceptics {
    private static final int QUERIES = 6;
    private static final int MESSAGES = 2000;
    private static final int MEMBERS = 20;
    // 100 MB.
    private static final int FRAMES = 2000;
    private static final long SETTLE_MILLIS = 1000;

    private static final String NO_LAYER = "not run: no server for the layer";

    private final ServerProcess server;
    private int cutOff;

    private Sceptics(ServerProcess server) {
        this.server = server;
    }

    private interface Row {
        String observe(Sceptics sceptics) throws Exception;
    }

    /**
     * Observes.
     *
     * @param args each server as {@code name=command}
     * @throws Exception if a server does not run
     */
    public static void main(String[] args) throws Exception {
        List<Sceptics> all = new ArrayList<>();
        for (String arg : args) {
            String[] server = arg.split("=", 2);
            all.add(new Sceptics(ServerProcess.start(server[0], server[1], Map.of("ASGI_THREADS", "8"))));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> all.forEach(one -> one.server.stop())));
        print("", all, one -> one.server.name());
        System.out.println("|---|" + "---|".repeat(all.size()));
        for (Map.Entry<String, Row> row : rows().entrySet()) {
            print(row.getKey(), all, row.getValue());
        }
        System.exit(0);
    }

    private static void print(String what, List<Sceptics> all, Row row) throws Exception {
        StringBuilder line = new StringBuilder("| " + what + " |");
        for (Sceptics one : all) {
            line.append(' ').append(row.observe(one)).append(" |");
        }
        System.out.println(line);
    }

    private static Map<String, Row> rows() {
        Map<String, Row> rows = new LinkedHashMap<>();
        rows.put("six blocking calls of 0.5 s on six connections, `ASGI_THREADS=8`", Sceptics::queries);
        rows.put("an echo while a blocking call of 0.5 s runs on another connection", Sceptics::echo);
        rows.put("the same with an asynchronous consumer, frozen since Channels 4.2", Sceptics::asyncEcho);
        rows.put("`receive` fails: the client", one -> one.send("failing", "x"));
        rows.put("`receive` fails: `disconnect`", one -> one.journal("failing"));
        rows.put("`connect` fails", one -> one.status("failing-connect"));
        rows.put("`connect` decides nothing", one -> one.status("undecided"));
        rows.put("an unknown path", one -> one.status("unknown"));
        rows.put("an empty text is sent and echoed", one -> quoted(one.send("echo", "")));
        rows.put("`close` with 4001 and the reason `planted`", one -> one.send("closing", "x"));
        rows.put("a client closes without a code: the client", Sceptics::leave);
        rows.put("a client closes without a code: `disconnect`", one -> one.journal("leaving"));
        rows.put(MESSAGES + " messages to one name that two processes read", Sceptics::readers);
        rows.put("the layer's server restarts: 20 members of a group", Sceptics::restart);
        rows.put("the layer's server restarts: `disconnect` of those cut off", Sceptics::afterRestart);
        rows.put("memory for 100 MB to a client that does not read", Sceptics::flood);
        return rows;
    }

    private PlainClient open(String path) throws IOException {
        return PlainClient.open(server.port(), "/ws/" + path);
    }

    private static String quoted(String text) {
        return text.isEmpty() ? "an empty text" : text;
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }

    private String queries() throws Exception {
        List<PlainClient> clients = new ArrayList<>();
        for (int i = 0; i < QUERIES; i++) {
            clients.add(open("query"));
        }
        ExecutorService threads = Executors.newFixedThreadPool(QUERIES);
        long begun = System.nanoTime();
        List<Callable<String>> calls = new ArrayList<>();
        for (PlainClient client : clients) {
            calls.add(() -> {
                client.send("x");
                return client.next();
            });
        }
        for (Future<String> done : threads.invokeAll(calls)) {
            done.get();
        }
        long taken = System.nanoTime() - begun;
        threads.shutdown();
        for (PlainClient client : clients) {
            client.close();
        }
        return seconds(taken);
    }

    private String echo() throws Exception {
        return echo("echo");
    }

    private String asyncEcho() throws Exception {
        String version = System.getProperty("channels.version", "unknown");
        return server.name().startsWith("Channels") && version.matches("4\\.[01]\\..*")
                ? "not run: this is " + version
                : echo("async-echo");
    }

    private String echo(String path) throws Exception {
        try (PlainClient busy = open("query");
                PlainClient client = open(path)) {
            client.send("warm");
            client.next();
            busy.send("x");
            Thread.sleep(100);
            long begun = System.nanoTime();
            client.send("x");
            client.next();
            String taken = seconds(System.nanoTime() - begun);
            busy.next();
            return taken;
        }
    }

    private String send(String path, String text) throws IOException {
        try (PlainClient client = open(path)) {
            client.send(text);
            return client.next();
        }
    }

    private String status(String path) throws IOException {
        try (PlainClient client = open(path)) {
            return client.status();
        }
    }

    private String leave() throws IOException {
        try (PlainClient client = open("leaving")) {
            client.closeWithoutCode();
            return client.next();
        }
    }

    /** What consumers have noted; those that are about to do so have a second. */
    private String journal(String entry) throws Exception {
        Thread.sleep(SETTLE_MILLIS);
        try (PlainClient client = open("journal")) {
            String noted = client.next();
            int at = noted.indexOf(entry);
            return at < 0
                    ? "not called"
                    : "called with " + noted.substring(at + entry.length() + 1).split(",", -1)[0];
        }
    }

    private String readers() throws IOException {
        if (!hasLayer()) {
            return NO_LAYER;
        }
        try (PlainClient client = open("readers")) {
            client.send(String.valueOf(MESSAGES));
            for (int i = 0; i < 6; i++) {
                String answer = client.next();
                if (!answer.startsWith("nothing")) {
                    return answer;
                }
            }
            return "nothing in a minute";
        }
    }

    /** Whose server {@code sceptics.sh} has started, and may restart. */
    private boolean hasLayer() {
        return System.getenv(layer()) != null;
    }

    private String layer() {
        return server.name().startsWith("Channels") ? "RESTART_REDIS" : "RESTART_POSTGRES";
    }

    private String restart() throws Exception {
        if (!hasLayer()) {
            return NO_LAYER;
        }
        List<PlainClient> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            members.add(open("member"));
        }
        Process restart = new ProcessBuilder("sh", "-c", System.getenv(layer()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (restart.waitFor() != 0) {
            return "not run: the server did not restart";
        }
        Thread.sleep(5 * SETTLE_MILLIS);
        List<PlainClient> open = new ArrayList<>();
        for (PlainClient member : members) {
            if (member.isOpen()) {
                open.add(member);
            }
        }
        int hearing = hearing(open);
        cutOff = MEMBERS - open.size();
        for (PlainClient member : members) {
            member.close();
        }
        return cutOff + " cut off, " + hearing + " receive the next event";
    }

    private static int hearing(List<PlainClient> open) throws IOException {
        int hearing = 0;
        if (!open.isEmpty()) {
            open.get(0).send("after");
        }
        for (PlainClient member : open) {
            hearing += member.next().equals("after") ? 1 : 0;
        }
        return hearing;
    }

    private String afterRestart() throws Exception {
        return cutOff == 0 ? "none is cut off" : journal("member");
    }

    private String flood() throws Exception {
        long before = megabytes();
        try (PlainClient client = open("flood")) {
            client.send(String.valueOf(FRAMES));
            Thread.sleep(5 * SETTLE_MILLIS);
            return (megabytes() - before) + " MB";
        }
    }

    /** Of the process and those that it has started. */
    private long megabytes() throws IOException {
        long pages = 0;
        for (ProcessHandle process : ProcessHandle.of(server.pid())
                .map(own -> Stream.concat(Stream.of(own), own.descendants()).toList())
                .orElse(List.of())) {
            pages += Long.parseLong(Files.readString(Path.of("/proc/" + process.pid() + "/statm"))
                    .split(" ", -1)[1]);
        }
        return pages * 4096 / 1_000_000;
    }
}
