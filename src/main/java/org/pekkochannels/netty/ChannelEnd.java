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
 * Ends a channel: our side after the output has left, both sides together, or at once with a reset.
 *
 * <p>Our side and the client's side end independently, and the channel is closed by whichever ends last. Both orders occur,
 * also within one pass of the loop, so each of the two methods that ends a side looks at the other. Confined to the channel's
 * loop.
 */
final class ChannelEnd {
    private final Channel channel;
    private final Output output;
    private OurSide ourSide = OurSide.OPEN;
    // The client's side has ended, or need not be waited for: when ours has ended, the channel is closed.
    private boolean closesBoth;

    /** Our side of the channel; it passes through all of these in order, unless the channel is closed before. */
    private enum OurSide {
        OPEN,
        /** The end is queued behind the output; what is written from now on does not leave. */
        ENDING,
        /** The kernel has all output. FIN is sent, or the channel closed. */
        ENDED
    }

    ChannelEnd(Channel channel, Output output) {
        this.channel = channel;
        this.output = output;
    }

    /**
     * Ends our side after everything that was flushed; later calls do nothing.
     *
     * <p>Netty writes in order, so an empty write completes when all writes before it have left. With TLS, close_notify takes
     * its place. Where nothing is unsent there is nothing to wait for.
     */
    void endOutput() {
        if (ourSide != OurSide.OPEN) {
            return;
        }
        ourSide = OurSide.ENDING;
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null && output.unsent() == 0) {
            written();
        } else {
            Future<?> written = tls == null ? channel.writeAndFlush(Unpooled.EMPTY_BUFFER) : tls.closeOutbound();
            unawaited(written.addListener(done -> written()));
        }
    }

    /**
     * Closes the channel when our side has ended, without waiting for the client's side.
     *
     * <p>Called when the client's side has ended, and when the listener does not want to wait for it: that saves three system
     * calls and an exception of Netty's.
     */
    void endBoth() {
        closesBoth = true;
        if (ourSide == OurSide.ENDED) {
            close();
        }
    }

    void close() {
        unawaited(channel.close());
    }

    /** Resets the connection. Acts directly on the socket, because TLS would send close_notify first. */
    void abort() {
        try {
            // With a linger time of zero, the kernel sends RST instead of FIN.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException closedAlready) {
            // There is no connection left to reset.
        }
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first != null) {
            unawaited(first.close());
        }
    }

    /** All output has left, or never will. Called on the loop, possibly within {@link #endOutput}. */
    private void written() {
        ourSide = OurSide.ENDED;
        if (closesBoth) {
            close();
        } else if (channel.isActive()) {
            // The client ends last: Netty then closes the channel when it reads the end of the input.
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
            unawaited(((DuplexChannel) channel).shutdownOutput());
        }
    }

    /** A failure reaches {@link ChannelTransport#exceptionCaught}, or the channel is closed already. */
    private static void unawaited(Future<?> unused) {}
}
