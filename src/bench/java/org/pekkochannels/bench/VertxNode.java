package org.pekkochannels.bench;

import com.hazelcast.config.Config;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The peer of {@link NodeServer}: Vert.x on its clustered event bus, with Hazelcast. One event loop; the members are a set of sockets behind
 * one subscription.
 */
public final class VertxNode extends VerticleBase {
    private final int port;
    private final Set<ServerWebSocket> members = new LinkedHashSet<>();
    private @Nullable MessageConsumer<String> heard;

    private VertxNode(int port) {
        this.port = port;
    }

    /**
     * Runs in the foreground until SIGTERM.
     *
     * @param args none
     */
    public static void main(String[] args) {
        int port = Integer.parseInt(System.getenv("PORT"));
        Config hazelcast = ConfigUtil.loadConfig();
        hazelcast.getNetworkConfig().setPort(Integer.parseInt(System.getenv("CLUSTER_PORT")));
        hazelcast.getNetworkConfig().getInterfaces().setEnabled(true).setInterfaces(List.of("127.0.0.1"));
        hazelcast.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        hazelcast
                .getNetworkConfig()
                .getJoin()
                .getTcpIpConfig()
                .setEnabled(true)
                .setMembers(List.of(System.getenv("CLUSTER_SEEDS").split(",", -1)));
        Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setEventBusOptions(new EventBusOptions().setHost("127.0.0.1")))
                .withClusterManager(new HazelcastClusterManager(hazelcast))
                .buildClustered()
                .compose(vertx -> vertx.deployVerticle(new VertxNode(port)))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer(new HttpServerOptions()
                        .setPerMessageWebSocketCompressionSupported(false)
                        .setPerFrameWebSocketCompressionSupported(false))
                .webSocketHandler(this::serve)
                .listen(port, "127.0.0.1");
    }

    private void serve(ServerWebSocket socket) {
        if (socket.path().equals("/ws/publish")) {
            socket.textMessageHandler(text -> vertx.eventBus().publish("room", text));
            return;
        }
        members.add(socket);
        socket.closeHandler(closed -> members.remove(socket));
        if (heard == null) {
            heard = vertx.eventBus().consumer("room");
            heard.handler(message -> members.forEach(member -> member.writeTextMessage(message.body())));
        }
    }
}
