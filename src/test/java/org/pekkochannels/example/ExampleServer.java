package org.pekkochannels.example;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.database.Database;
import org.pekkochannels.example.auction.AuctionConsumer;
import org.pekkochannels.example.auction.AuctionPages;
import org.pekkochannels.example.auction.Auctions;
import org.pekkochannels.example.auction.Bidder;
import org.pekkochannels.example.chat.ChatServer;

/** The examples, started as {@code mvn} starts them, but with a port and a database of their own. */
final class ExampleServer implements AutoCloseable {
    private final Function<Config, ChannelsServer> application;
    private final String database;
    private ChannelsServer server;

    private ExampleServer(Function<Config, ChannelsServer> application, String database) {
        this.application = application;
        this.database = database;
        this.server = application.apply(config(database, 0));
    }

    static ExampleServer start(Path directory) {
        return start(h2(directory));
    }

    static ExampleServer start(String database) {
        return new ExampleServer(ChatServer::start, database);
    }

    /** With a setting other than that of {@code application.conf}. */
    static ExampleServer start(Path directory, String key, String value) {
        Config settings = ConfigFactory.parseMap(Map.of(key, value));
        return new ExampleServer(config -> ChatServer.start(settings.withFallback(config)), h2(directory));
    }

    /** Only the auctions, whose SQL more databases accept than that of the other examples. */
    static ExampleServer startAuctions(String database) {
        return new ExampleServer(ExampleServer::auctions, database);
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

    /** The database of the running server. */
    Database database() {
        return Database.get(server.system());
    }

    void stop() {
        server.stop().toCompletableFuture().join();
    }

    /** Starts again, on the same port and with what the database kept. */
    void startAgain() {
        server = application.apply(config(database, server.address().getPort()));
    }

    @Override
    public void close() {
        stop();
    }

    private static ChannelsServer auctions(Config config) {
        return Channels.load(config)
                .beforeStart(system -> Database.get(system).useTransaction(Auctions::createTables))
                .through(
                        system -> Bidder.required(),
                        named -> named.websocket("ws/auction/{id:uuid}/", AuctionConsumer::new))
                .http(system -> new AuctionPages(system).route())
                .start();
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
