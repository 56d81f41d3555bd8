package org.pekkochannels.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.model.ws.TextMessage;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.slf4j.LoggerFactory;

/**
 * The control: what {@link BenchServer} serves, written by hand on Pekko HTTP's public WebSocket API; the pages
 * are the same.
 *
 * <p>No actor stands between a socket and its answer, an echo is the identity, the work with the database runs on a
 * fixed pool of the same size with the same JDBI, and a room is a set of queues: the fastest that API gives.
 */
public final class ControlServer {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long STRICT_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final Materializer materializer;
    private final Executor databaseThreads;
    private final MessageStore store;
    private final ControlRooms rooms = new ControlRooms();

    private ControlServer(ActorSystem<Void> system, MessageStore store) {
        materializer = SystemMaterializer.get(system).materializer();
        this.store = store;
        databaseThreads = system.dispatchers().lookup(DispatcherSelector.fromConfig("control.database"));
    }

    /**
     * Runs in the foreground until SIGTERM.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Environment environment = Environment.read();
        // Otherwise Pekko's threads race for the first logger, and SLF4J complains.
        LoggerFactory.getILoggerFactory();
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "control", config(environment));
        MessageStore store = MessageStore.open(environment);
        Http.get(system)
                .newServerAt("127.0.0.1", environment.port())
                .bind(Directives.concat(new ControlServer(system, store).route(), Pages.route(system)))
                .toCompletableFuture()
                .join();
    }

    private static Config config(Environment environment) {
        return ConfigFactory.parseMap(Map.of(
                        "control.database.type",
                        "Dispatcher",
                        "control.database.executor",
                        "thread-pool-executor",
                        "control.database.throughput",
                        1,
                        "control.database.thread-pool-executor.fixed-pool-size",
                        environment.threads(),
                        "pekko.http.server.backlog",
                        4096,
                        "pekko.http.server.idle-timeout",
                        "infinite"))
                .withFallback(ConfigFactory.load());
    }

    private Route route() {
        return Directives.pathPrefix(
                "ws",
                () -> Directives.concat(
                        Directives.path("echo", () -> Directives.handleWebSocketMessages(Flow.create())),
                        Directives.path("db", () -> Directives.handleWebSocketMessages(answering(this::save))),
                        Directives.path("slow", () -> Directives.handleWebSocketMessages(answering(store::slow))),
                        Directives.path(
                                PathMatchers.segment("chat")
                                        .slash(PathMatchers.segment())
                                        .concat(PathMatchers.slash()),
                                this::chat)));
    }

    /** What arrives in frames and what the socket reads in pieces is put together; the rest is there at once. */
    CompletionStage<String> text(Message message) {
        TextMessage text = message.asTextMessage();
        return text.isStrict()
                ? CompletableFuture.completedFuture(text.getStrictText())
                : text.toStrict(STRICT_MILLIS, materializer).thenApply(whole -> whole.getStrictText());
    }

    static String encode(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ChatMessage decode(String text) {
        try {
            return JSON.readValue(text, ChatMessage.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Route chat(String room) {
        return Directives.handleWebSocketMessages(
                rooms.member(room, said -> text(said).thenApply(ControlServer::answered)));
    }

    private static Message answered(String said) {
        return TextMessage.create(encode(decode(said)));
    }

    private Flow<Message, Message, NotUsed> answering(UnaryOperator<String> work) {
        return Flow.<Message>create()
                .mapAsync(
                        1,
                        said -> text(said)
                                .thenApplyAsync(text -> TextMessage.create(work.apply(text)), databaseThreads));
    }

    private String save(String said) {
        return encode(store.insertAndRead(decode(said).message()));
    }
}
