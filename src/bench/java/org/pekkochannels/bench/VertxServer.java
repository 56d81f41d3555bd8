package org.pekkochannels.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.util.function.UnaryOperator;

/**
 * The peer: what {@link BenchServer} serves, on Vert.x, as its documentation says and as fast as its public API goes.
 *
 * <p>A verticle for each event loop; database work on a worker executor of {@code ASGI_THREADS} threads, unordered; a
 * room is a set of sockets for each loop. System properties: {@code loops} (the number of processors by default), {@code db},
 * jdbi or jdbc, and {@code native}, true for Netty's epoll.
 */
public final class VertxServer extends VerticleBase {
    private static final String CHAT = "/ws/chat/";

    private final int port;
    private final MessageStore store;
    private final WorkerExecutor databaseThreads;

    private VertxServer(int port, MessageStore store, WorkerExecutor databaseThreads) {
        this.port = port;
        this.store = store;
        this.databaseThreads = databaseThreads;
    }

    /**
     * Runs in the foreground until SIGTERM.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Environment environment = Environment.read();
        int loops = Integer.getInteger("loops", Runtime.getRuntime().availableProcessors());
        Vertx vertx = Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(Boolean.getBoolean("native")));
        WorkerExecutor databaseThreads = vertx.createSharedWorkerExecutor("database", environment.threads());
        MessageStore store = MessageStore.open(environment);
        vertx.deployVerticle(
                        () -> new VertxServer(environment.port(), store, databaseThreads),
                        new DeploymentOptions().setInstances(loops))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @Override
    public Future<?> start() {
        VertxRooms rooms = new VertxRooms(vertx.eventBus());
        return vertx.createHttpServer(options())
                .webSocketHandler(socket -> serve(socket, rooms))
                .listen(port, "127.0.0.1");
    }

    // No compression, as with the others; the backlog is theirs too.
    private static HttpServerOptions options() {
        return new HttpServerOptions()
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setAcceptBacklog(4096);
    }

    private void serve(ServerWebSocket socket, VertxRooms rooms) {
        String path = socket.path();
        switch (path) {
            case "/ws/echo" -> echo(socket);
            case "/ws/db" -> answer(socket, this::save);
            case "/ws/slow" -> answer(socket, store::slow);
            default -> chat(socket, rooms, path);
        }
    }

    private static void echo(ServerWebSocket socket) {
        socket.textMessageHandler(socket::writeTextMessage);
        socket.binaryMessageHandler(socket::writeBinaryMessage);
    }

    private void answer(ServerWebSocket socket, UnaryOperator<String> work) {
        socket.textMessageHandler(said -> databaseThreads
                .executeBlocking(() -> work.apply(said), false)
                .onSuccess(socket::writeTextMessage)
                .onFailure(failure -> socket.close((short) 1011)));
    }

    private String save(String said) {
        String message = new JsonObject(said).getString("message");
        return new JsonObject().put("id", store.insertAndRead(message).id()).encode();
    }

    private static void chat(ServerWebSocket socket, VertxRooms rooms, String path) {
        if (path.startsWith(CHAT)) {
            rooms.join(path.substring(CHAT.length()), socket);
        } else {
            socket.close((short) 1008);
        }
    }
}
