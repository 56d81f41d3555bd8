package org.pekkochannels.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.pekkochannels.edge.Node;

/** Takes the client's address from the header of the PROXY protocol, version 1 or 2, then leaves. */
final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {
    private final ChannelTransport transport;

    ProxyHeader(ChannelTransport transport) {
        this.transport = transport;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HAProxyMessage header) {
        // Of LOCAL, a health check of the proxy's, and of UNKNOWN, the proxy itself is the client.
        if (header.command() == HAProxyCommand.PROXY) {
            Optional.ofNullable(header.sourceAddress())
                    .flatMap(Node::address)
                    .ifPresent(client -> transport.proxiedFor(new InetSocketAddress(client, header.sourcePort())));
        }
        context.pipeline().remove(this);
    }
}
