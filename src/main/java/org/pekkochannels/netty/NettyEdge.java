package org.pekkochannels.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.pekkochannels.concurrent.ScalaStage;
import org.pekkochannels.concurrent.TaskCount;
import org.pekkochannels.edge.AcceptGate;
import org.pekkochannels.edge.Binding;
import org.pekkochannels.edge.ContainedFailures;
import org.pekkochannels.edge.Edge;
import org.pekkochannels.edge.HttpSettings;
import org.pekkochannels.edge.ServedApplication;
import org.pekkochannels.websocket.Transport;

/** The edge over Netty, {@code channels.edge = netty}: its event loops transfer the bytes and run the consumers. Thread-safe. */
public final class NettyEdge implements Edge {
    private static final List<String> LEAK_DETECTION =
            List.of("io.netty.leakDetection.level", "io.netty.leakDetectionLevel");
    // Equal marks: a session needs only the event that output falls to its low-water mark.
    private static final WriteBufferWaterMark MARKS =
            new WriteBufferWaterMark(Transport.LOW_WATER, Transport.LOW_WATER);

    /**
     * Creates an edge that does not listen yet. Turns Netty's leak detection off, like Vert.x, unless a system property sets its level:
     * recording the stack of one buffer in 128 costs more than all buffers.
     */
    public NettyEdge() {
        // Other libraries depend on most of Netty. If the rest is missing, fail here; otherwise the start would succeed
        // and each connection fail.
        Objects.requireNonNull(SslHandler.class);
        if (LEAK_DETECTION.stream().allMatch(property -> System.getProperty(property) == null)) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    @Override
    public CompletionStage<Binding> bind(ServedApplication service) {
        NettySettings settings = NettySettings.of(service.system().settings().config());
        return bind(service, settings, settings.transport().handlers());
    }

    /** Like {@link #bind(ServedApplication)}, with the given handlers. */
    static CompletionStage<Binding> bind(ServedApplication service, NettySettings settings, IoHandlerFactory handlers) {
        ActorSystem<?> system = service.system();
        LoopGroup loops = new LoopGroup(
                settings.loops(),
                handlers,
                system.executionContext(),
                ContainedFailures.of(system),
                TaskCount.of(system));
        // Loops end after the actor system, because the last turns of consumers, and their output, still need them.
        ScalaStage.plain(system.getWhenTerminated()).thenRun(loops::end);
        // Before listening, because the first connection may arrive at once and asks its loop for the spawner.
        start(service, loops.all());
        return listen(service, settings, loops);
    }

    /** Makes each loop a dispatcher, with a separate supervisor that spawns the consumers there. */
    private static void start(ServedApplication service, List<Loop> loops) {
        for (int i = 0; i < loops.size(); i++) {
            String id = "channels.netty.loop-" + (i + 1);
            LoopDispatcher.register(service.system().classicSystem().dispatchers(), id, loops.get(i));
            loops.get(i).start(service.consumers("channels-loop-" + (i + 1), DispatcherSelector.fromConfig(id)));
        }
    }

    private static CompletionStage<Binding> listen(ServedApplication service, NettySettings settings, LoopGroup loops) {
        HttpSettings http = service.settings();
        // Completed on the loop of the listening socket. If binding fails, the loops stay until the actor system ends.
        CompletableFuture<Binding> bound = new CompletableFuture<>();
        bootstrap(settings, loops)
                .option(ChannelOption.SO_BACKLOG, http.backlog())
                .handler(new PausedAccept(new AcceptGate()))
                .childHandler(new ConnectionInitializer(service, settings))
                .bind(http.host(), http.port())
                .addListener((ChannelFuture binding) -> {
                    if (binding.isSuccess()) {
                        bound.complete(new Bound(binding.channel()));
                    } else {
                        bound.completeExceptionally(http.cannotListen(binding.cause()));
                    }
                });
        return bound;
    }

    /**
     * The options of all servers. {@code SO_REUSEADDR}: a restarted server can listen at once, while connections of its predecessor are in
     * TIME_WAIT. {@code ALLOW_HALF_CLOSURE}: a client may end its side before it has the answer; {@link ChannelTransport} then decides when
     * to close. {@code TCP_NODELAY} is Netty's default; setting it again would cost a system call per connection.
     */
    static ServerBootstrap bootstrap(NettySettings settings, LoopGroup loops) {
        return new ServerBootstrap()
                .group(loops)
                .channel(settings.transport().serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS);
    }

    private record Bound(Channel server) implements Binding {
        @Override
        public InetSocketAddress address() {
            return (InetSocketAddress) server.localAddress();
        }

        @Override
        public CompletionStage<Done> unbind() {
            CompletableFuture<Done> unbound = new CompletableFuture<>();
            Loop loop = (Loop) server.eventLoop();
            // The caller may bind the port again when this stage completes. The port is free only after the selector's
            // next check, see Loop.afterNextLook.
            server.close()
                    .addListener((Future<? super Void> closed) ->
                            loop.afterNextLook(() -> unbound.complete(Done.getInstance())));
            return unbound;
        }
    }
}
