package org.pekkochannels.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.pekkochannels.tls.TlsEngines;

/**
 * Reports the end of the TLS handshake, and closes a connection whose client does not read what TLS answers by itself. Follows TLS in the
 * pipeline. Confined to the channel's loop.
 *
 * <p>TLS answers each key update that a client requests. A client that requests many and reads nothing would fill the memory, past every
 * bound of the session, which knows only its own output. Therefore the answers are measured after each read, the only event that can cause
 * them.
 */
final class TlsWatch extends ChannelInboundHandlerAdapter {
    // About 500 answers to key updates. Ordinary clients update their keys once in several gigabytes.
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

    /** A client that ends the connection, such as a load balancer's probe, is not a failed handshake. */
    private void failed(Throwable why) {
        if (why instanceof NotSslRecordException) {
            // The exception's message contains what the client has sent, so it is not used.
            engines.handshakeFailed(transport.peers().client(), "the client does not use TLS");
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
