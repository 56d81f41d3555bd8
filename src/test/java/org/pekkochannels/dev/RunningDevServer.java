package org.pekkochannels.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.pekkochannels.http.JdkClient;

/** A development server in this JVM, for a small application in a folder of its own. */
final class RunningDevServer {
    private static final long PATIENCE_SECONDS = 60;
    // Detecting blocking calls changes classes of the JVM for good, and keeps a reference to the one that reports them.
    private static final String MAIN = """
            package app;
            import com.typesafe.config.*;
            import org.pekkochannels.Channels;
            import org.apache.pekko.http.javadsl.server.Directives;
            public final class Main {
                public static void main(String[] args) throws Exception {
                    Config settings = ConfigFactory.parseString(\"""
                            channels.development = off
                            channels.database.url = "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1"
                            \""").withFallback(ConfigFactory.load());
                    Channels.load(settings)
                        .beforeStart(system -> org.pekkochannels.database.Database.get(system).useHandle(
                            handle -> handle.execute("create table if not exists item (body varchar)")))
                        .websocket("ws/", Echo::new)
                        .http(system -> Directives.getFromResourceDirectory("pages"))
                        .start();
                }
            }
            """;
    static final String ECHO = """
            package app;
            import java.util.concurrent.CompletionStage;
            import org.pekkochannels.consumer.*;
            public final class Echo extends JsonWebSocketConsumer<Echo.Item> {
                public record Item(String body) {}
                private final Group all = group("all");
                public Echo(ConsumerContext context) {
                    super(context, Item.class);
                    on("item", Item.class, this::sendJson);
                }
                @Override protected CompletionStage<?> connect() {
                    return all.add().thenCompose(joined -> accept());
                }
                @Override protected CompletionStage<?> receiveJson(Item item) {
                    return database().useTransaction(handle -> {
                        handle.execute("insert into item values (?)", item.body());
                        all.sendAfterCommit(handle, "item", new Item("echo " + item.body()));
                    });
                }
            }
            """;

    // Loaded once: Pekko's classes take seconds.
    private static final LibraryLoader LIBRARIES =
            LibraryLoader.of(RunningDevServer.class.getClassLoader(), "app.Main");

    private final Path source;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final int port = freePort();
    private final Thread thread;

    RunningDevServer(Path folder) throws IOException {
        this.source = folder.resolve("src");
        write("app/Main.java", MAIN.formatted(UUID.randomUUID()));
        write("app/Echo.java", ECHO);
        write("application.conf", "channels.http.port = " + port);
        write("pages/index.html", "<!doctype html><html><body>old</body></html>");
        this.thread = new Thread(this::run, "dev-server-under-test");
        thread.start();
    }

    private void run() {
        String[] args = {"app.Main", classes().toString(), source.toString(), "-proc:none"};
        try {
            DevServer.run(LIBRARIES, args, lines::add);
        } catch (Exception e) {
            lines.add(e.toString());
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    Path classes() {
        return source.resolveSibling("classes");
    }

    void write(String file, String text) throws IOException {
        Path path = source.resolve(file);
        Files.createDirectories(path.resolveSibling("."));
        Files.writeString(path, text);
    }

    void edit(String file, String from, String to) throws IOException {
        String text = Files.readString(source.resolve(file));
        assertThat(text).contains(from);
        write(file, text.replace(from, to));
    }

    void delete(String file) throws IOException {
        Files.delete(source.resolve(file));
    }

    /** What it says next on the console. */
    String line() throws InterruptedException {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(line).as("a line on the console").isNotNull();
        return String.valueOf(line);
    }

    /** The lines that nobody has read. */
    List<String> furtherLines() {
        return List.copyOf(lines);
    }

    JdkClient connect() {
        return JdkClient.connect(URI.create("ws://127.0.0.1:" + port + "/ws/"));
    }

    URI page() {
        return URI.create("http://127.0.0.1:" + port + "/index.html");
    }

    void close() throws InterruptedException {
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertThat(thread.isAlive()).isFalse();
    }
}
