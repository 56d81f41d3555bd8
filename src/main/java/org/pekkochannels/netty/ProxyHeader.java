package org.pekkochannels.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Takes the client's address from the header of the PROXY protocol, version 1 or 2, then leaves. */
final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {
    private final ChannelTransport transport;

    ProxyHeader(ChannelTransport transport) {
        this.transport = transport;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HAProxyMessage header) throws UnknownHostException {
        String address = header.sourceAddress();
        // Of LOCAL, a health check of the proxy's, and of UNKNOWN, the proxy itself is the client.
        if (header.command() == HAProxyCommand.PROXY && isAddress(address)) {
            transport.proxiedFor(new InetSocketAddress(InetAddress.getByName(address), header.sourcePort()));
        }
        context.pipeline().remove(this);
    }

    /** Never a name to be looked up. */
    private static boolean isAddress(@Nullable String address) {
        return address != null && address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    }
}
