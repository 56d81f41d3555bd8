package org.pekkochannels.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pekkochannels.edge.ContainedFailures;
import org.pekkochannels.edge.Greeter;
import org.pekkochannels.edge.UpgradedSocket;
import org.pekkochannels.websocket.RawClient;
import org.pekkochannels.websocket.TransportContract;
import org.pekkochannels.websocket.TransportListener;

/** The transport of a channel, on Java's own selectors. */
class NettyTransportTest extends TransportContract {
    private final CountedWrites writes = new CountedWrites();

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

    @Override
    protected RawClient connect(TransportListener endpoint) throws Exception {
        LoopGroup loops = new LoopGroup(
                1, kind().handlers(), Runnable::run, new ContainedFailures(Runnable::run), Optional.empty());
        NettySettings settings = new NettySettings(kind(), 1, false);
        Channel server = NettyEdge.bootstrap(settings, loops)
                .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, writes)
                .childHandler(initializer(endpoint))
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        return new UpgradedSocket(
                socket(((InetSocketAddress) server.localAddress()).getPort()),
                () -> loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS));
    }

    @Test
    void flushesInOneWrite() throws Exception {
        assertFlushesInOneWrite(writes::count);
    }

    private ChannelInitializer<Channel> initializer(TransportListener endpoint) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) throws Exception {
                ChannelTransport transport = new ChannelTransport((Loop) channel.eventLoop(), channel);
                transport.begin(new Greeter(transport::attach, endpoint));
                below().forEach(handler -> channel.pipeline().addLast(handler));
                channel.pipeline().addLast(transport);
            }
        };
    }
}
