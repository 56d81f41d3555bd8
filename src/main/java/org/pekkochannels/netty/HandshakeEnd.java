package org.pekkochannels.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLEngine;
import org.pekkochannels.edge.TlsEngines;

/** Tells when the handshake of TLS is over; stands behind TLS in the pipeline. Confined to the channel's loop. */
final class HandshakeEnd extends ChannelInboundHandlerAdapter {
    private final TlsEngines engines;
    private final SSLEngine engine;

    HandshakeEnd(TlsEngines engines, SSLEngine engine) {
        this.engines = engines;
        this.engine = engine;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent end && end.isSuccess()) {
            engines.established(engine);
        }
        context.fireUserEventTriggered(event);
    }
}
