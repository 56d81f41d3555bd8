package org.pekkochannels.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.edge.SocketUser;
import org.pekkochannels.edge.UpgradedSocket;
import org.pekkochannels.websocket.Endpoint;
import org.pekkochannels.websocket.RawClient;
import org.pekkochannels.websocket.Transport;
import org.pekkochannels.websocket.TransportContract;

/** The transport of a channel, on Java's own selectors. */
class NettyTransportTest extends TransportContract {
    private static final byte[] NOTHING = {};
    private static final byte[] ANSWER = "HTTP/1.1 101 \r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** How the bytes are moved. */
    NativeTransport kind() {
        return NativeTransport.NIO;
    }

    /** What is between the socket and the transport. */
    List<ChannelHandler> below() throws Exception {
        return List.of();
    }

    /** A client's socket. */
    Socket socket(int port) throws Exception {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /** Answers whatever comes first, and hands the connection over. */
    private record Greeter(ChannelTransport transport, Endpoint endpoint) implements Endpoint {
        @Override
        public void opened(Transport opened) {}

        @Override
        public void bytes(byte[] window, int offset, int length) {
            transport.attach(new SocketUser(endpoint, started -> {}, () -> {}), ANSWER, NOTHING);
        }

        @Override
        public void readDone() {}

        @Override
        public void drained() {}

        @Override
        public void lost(@Nullable Throwable why) {}

        @Override
        public void tick(long nanoTime) {}
    }

    @Override
    protected RawClient connect(Endpoint endpoint) throws Exception {
        Loops loops = new Loops(1, kind(), Runnable::run);
        NettySettings settings = new NettySettings(kind(), 1, false);
        Channel server = NettyEdge.bootstrap(settings, loops)
                .childHandler(initializer(endpoint))
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        return new UpgradedSocket(
                socket(((InetSocketAddress) server.localAddress()).getPort()),
                () -> loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS));
    }

    private ChannelInitializer<Channel> initializer(Endpoint endpoint) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) throws Exception {
                ChannelTransport transport = new ChannelTransport((Loop) channel.eventLoop(), channel);
                transport.begin(new Greeter(transport, endpoint));
                below().forEach(handler -> channel.pipeline().addLast(handler));
                channel.pipeline().addLast(transport);
            }
        };
    }
}
