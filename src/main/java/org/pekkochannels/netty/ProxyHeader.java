package org.pekkochannels.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.pekkochannels.edge.ServedApplication;
import org.pekkochannels.proxy.Node;

/**
 * Takes the client's address from a PROXY protocol header, version 1 or 2, then removes itself from the pipeline. Netty's decoder, which
 * precedes it, removes itself, too, so later reads pass neither. Confined to the channel's loop.
 *
 * <p>The header arrives before the TLS handshake and before the first request, so their log lines, and scopes, name the client. A connection
 * over the bound is refused earlier, and logged with the proxy's address.
 */
final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {
    private final ServedApplication service;
    private final ChannelTransport transport;
    // The decoder fails again when the connection ends; only the first failure counts.
    private boolean malformed;

    ProxyHeader(ServedApplication service, ChannelTransport transport) {
        this.service = service;
        this.transport = transport;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HAProxyMessage header) {
        // For LOCAL (a health check by the proxy) and UNKNOWN, the proxy itself is the client.
        if (header.command() == HAProxyCommand.PROXY) {
            Optional.ofNullable(header.sourceAddress())
                    .flatMap(Node::address)
                    .ifPresent(client -> transport.proxiedFor(new InetSocketAddress(client, header.sourcePort())));
        }
        context.pipeline().remove(this);
    }

    /** The header is missing or malformed: the decoder fails, and the transport ends the connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        if (cause instanceof DecoderException && !malformed) {
            malformed = true;
            service.cutWithoutProxyHeader(transport.peers().client());
        }
        context.fireExceptionCaught(cause);
    }
}
