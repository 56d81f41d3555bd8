package org.pekkochannels.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import org.pekkochannels.edge.Reception;
import org.pekkochannels.edge.ServedApplication;
import org.pekkochannels.tls.TlsEngines;

/**
 * Builds the pipeline of each new connection: the PROXY protocol if configured, TLS if enabled, then a transport. Thread-safe.
 *
 * <p>Runs on the connection's loop, before Netty reads. Handlers are in the order of the bytes that arrive: the PROXY header precedes the
 * TLS handshake, and the transport sees plain bytes only.
 */
@ChannelHandler.Sharable
final class ConnectionInitializer extends ChannelInitializer<Channel> {
    private final ServedApplication service;
    private final boolean proxyProtocol;
    private final boolean sharesReads;

    ConnectionInitializer(ServedApplication service, NettySettings settings) {
        this.service = service;
        this.proxyProtocol = settings.proxyProtocol();
        this.sharesReads = settings.transport().readsAtOnce();
    }

    @Override
    protected void initChannel(Channel channel) {
        Loop loop = (Loop) channel.eventLoop();
        ChannelTransport transport = new ChannelTransport(loop, channel);
        boolean proxied = proxyProtocol && isFromProxy(channel);
        if (proxied) {
            channel.pipeline().addLast(new HAProxyMessageDecoder(), new ProxyHeader(service, transport));
        }
        service.tls().ifPresent(engines -> secure(channel, engines, transport));
        // Reads share one buffer only if no handler before the transport keeps bytes: neither TLS nor the PROXY
        // decoder.
        if (sharesReads && !proxied && service.tls().isEmpty()) {
            channel.config().setRecvByteBufAllocator(loop.reads());
        }
        channel.pipeline().addLast(transport);
        // After the pipeline is complete: turnAway() below may abort the channel through its first handler.
        Reception reception = Reception.of(service, transport);
        transport.begin(reception);
        // Counted in before the first byte. A connection over the limit is not dropped silently: its reception answers
        // 503, or cuts it off if too many wait for that answer.
        if (service.entered()) {
            channel.closeFuture().addListener(closed -> service.left());
        } else {
            reception.turnAway();
        }
    }

    /** A header is expected from trusted proxies only: from any other peer it would be a way to choose an address freely. */
    private boolean isFromProxy(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress peer
                && service.settings().proxies().isTrusted(Optional.of(peer));
    }

    private static void secure(Channel channel, TlsEngines engines, ChannelTransport transport) {
        SSLEngine engine = engines.engine();
        channel.pipeline().addLast(tls(engine), new TlsWatch(engines, engine, transport));
    }

    private static SslHandler tls(SSLEngine engine) {
        SslHandler handler = new SslHandler(engine);
        // header-timeout bounds the handshake, from the start of the connection. Netty's own timeout would be a second
        // timer per connection, and would fail it in another way.
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }
}
