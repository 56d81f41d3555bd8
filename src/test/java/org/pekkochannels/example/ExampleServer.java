package org.pekkochannels.example;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.example.chat.ChatServer;

/** The examples, started as {@code mvn} starts them, but with a port and a database of their own. */
final class ExampleServer implements AutoCloseable {
    private final String database;
    private ChannelsServer server;

    private ExampleServer(String database) {
        this.database = database;
        this.server = ChatServer.start(config(database, 0));
    }

    static ExampleServer start(Path directory) {
        return start(h2(directory));
    }

    static ExampleServer start(String database) {
        return new ExampleServer(database);
    }

    /** The URL of a database in files, as the default one is. */
    static String h2(Path directory) {
        return "jdbc:h2:" + directory.resolve("examples").toAbsolutePath()
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_ON_EXIT=FALSE";
    }

    URI page(String path) {
        return address("http", path);
    }

    URI socket(String path) {
        return address("ws", path);
    }

    void stop() {
        server.stop().toCompletableFuture().join();
    }

    /** Starts again, on the same port and with what the database kept. */
    void startAgain() {
        server = ChatServer.start(config(database, server.address().getPort()));
    }

    @Override
    public void close() {
        stop();
    }

    private URI address(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + server.address().getPort() + path);
    }

    private static Config config(String database, int port) {
        return ConfigFactory.parseMap(Map.of("channels.http.port", port, "channels.database.url", database))
                .withFallback(ConfigFactory.defaultOverrides())
                .withFallback(ConfigFactory.parseFile(new File("application.conf")))
                .withFallback(ConfigFactory.defaultReference())
                .resolve();
    }
}
