package org.pekkochannels.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;

/**
 * How a channel ends: each side when it has said all, both together, or at once.
 *
 * <p>Confined to the channel's loop.
 */
final class ChannelEnd {
    private final Channel channel;
    private final Output output;
    private boolean endsBoth;
    private boolean begun;
    private boolean inputEnded;
    private boolean outputEnded;

    ChannelEnd(Channel channel, Output output) {
        this.channel = channel;
        this.output = output;
    }

    /** Ends our side when all is written that was flushed; the first call counts. */
    void endOutput() {
        if (begun) {
            return;
        }
        begun = true;
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null && output.unsent() == 0) {
            written();
        } else {
            Future<?> written = tls == null ? channel.writeAndFlush(Unpooled.EMPTY_BUFFER) : tls.closeOutbound();
            unawaited(written.addListener(done -> written()));
        }
    }

    /** With our side ends the client's: three system calls and an exception of Netty's less than to wait for it. */
    void endBoth() {
        endsBoth = true;
        if (outputEnded) {
            close();
        }
    }

    /** The client has ended its side; returns whether that is news. */
    boolean inputEnded() {
        boolean news = !inputEnded;
        inputEnded = true;
        if (news && outputEnded) {
            close();
        }
        return news;
    }

    void close() {
        unawaited(channel.close());
    }

    /** Straight to the socket, past TLS, which would say good-bye. */
    void abort() {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException closedAlready) {
            // then nothing is left to be reset
        }
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first != null) {
            unawaited(first.close());
        }
    }

    /** All was written: FIN, or the end if the client has ended already. */
    private void written() {
        outputEnded = true;
        if (inputEnded || endsBoth) {
            close();
        } else if (channel.isActive()) {
            // When the client ends too, Netty can close the channel without asking.
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
            unawaited(((DuplexChannel) channel).shutdownOutput());
        }
    }

    /** What fails is told by {@link ChannelTransport#exceptionCaught}, or nobody cares. */
    private static void unawaited(Future<?> unused) {}
}
