package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.ChannelLayer;

/** An application on any free port, with a database in memory; stopping it proves that nothing is left. */
public final class RunningApplication implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final ChannelsServer server;

    private RunningApplication(ChannelsServer server) {
        this.server = server;
    }

    /**
     * Starts an application.
     *
     * @param config keys that are needed otherwise than by default
     * @param endpoints adds them
     */
    public static RunningApplication start(String config, UnaryOperator<Channels> endpoints) {
        String url = "jdbc:h2:mem:edge%d;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1"
                .formatted(NUMBER.incrementAndGet());
        Channels channels = Channels.load(ConfigFactory.parseString(config)
                .withFallback(
                        ConfigFactory.parseString("channels.http.port = 0, channels.database.url = \"" + url + "\""))
                .withFallback(ConfigFactory.load())
                .resolve());
        return new RunningApplication(endpoints.apply(channels).start());
    }

    public ActorSystem<?> system() {
        return server.system();
    }

    public ChannelsServer server() {
        return server;
    }

    public Database database() {
        return Database.get(system());
    }

    public ChannelLayer layer() {
        return ChannelLayer.get(system());
    }

    public int port() {
        return server.address().getPort();
    }

    public URI http(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public URI ws(String path) {
        return URI.create("ws://127.0.0.1:" + port() + path);
    }

    /** The HTTP response that an upgrade was refused with. */
    public HttpResponse<?> refusal(String path) {
        try {
            JdkClient.connect(ws(path));
            throw new AssertionError(path + " was accepted");
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(WebSocketHandshakeException.class);
            return ((WebSocketHandshakeException) Objects.requireNonNull(e.getCause())).getResponse();
        }
    }

    /** Waits until every connection, socket and consumer, has ended by itself. */
    public void awaitNoConnections() {
        awaitConnections(0);
    }

    /** Waits until so many connections are left. */
    public void awaitConnections(int count) {
        TestProbe.create(system()).awaitAssert(Duration.ofSeconds(20), Duration.ofMillis(5), () -> {
            assertThat(server.connections()).as("connections").isEqualTo(count);
            return true;
        });
    }

    @Override
    public void close() {
        server.stop().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();

        assertThat(database().stats().openHandles()).as("open handles").isZero();
        assertThat(database().stats().busy()).as("busy database threads").isZero();
        assertThat(layer().stats().members()).as("group members").isZero();
        assertThat(layer().stats().channels()).as("channels").isZero();
        assertThat(server.connections()).as("connections").isZero();
    }
}
