package org.pekkochannels.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.pekkochannels.tls.TlsEngines;

/**
 * Tells when the handshake of TLS is over, and ends a connection whose client does not read what TLS answers by itself; stands
 * behind TLS in the pipeline. Confined to the channel's loop.
 */
final class TlsWatch extends ChannelInboundHandlerAdapter {
    // Some 500 answers to key updates. Honest clients update their keys once in some gigabytes.
    private static final int MOST_ANSWERS = 64 * 1024;

    private final TlsEngines engines;
    private final SSLEngine engine;
    private final ChannelTransport transport;

    TlsWatch(TlsEngines engines, SSLEngine engine, ChannelTransport transport) {
        this.engines = engines;
        this.engine = engine;
        this.transport = transport;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent end) {
            if (end.isSuccess()) {
                engines.established(engine);
            } else {
                failed(end.cause());
            }
        }
        context.fireUserEventTriggered(event);
    }

    /** A client that ends the connection, as a load balancer's probe does, is none that failed. */
    private void failed(Throwable why) {
        if (why instanceof NotSslRecordException) {
            // Its words are what the client has sent.
            engines.handshakeFailed(transport.peers().client(), "the client does not speak TLS");
        } else if (why instanceof SSLException) {
            engines.handshakeFailed(transport.peers().client(), why.getMessage());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        if (transport.answersOfTls() > MOST_ANSWERS) {
            engines.answersUnread();
            transport.abort();
        }
    }
}
