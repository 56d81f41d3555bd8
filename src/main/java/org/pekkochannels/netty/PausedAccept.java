package org.pekkochannels.netty;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.pekkochannels.edge.AcceptGate;

/**
 * Precedes the listening socket's own handler, and stops accepting while an {@link AcceptGate} does not permit it. Connections accepted in
 * the same pass of the loop, at most 16, are still served. Confined to the socket's loop.
 *
 * <p>Auto-read is the switch: off means that Netty does not accept. While it is off, a task on the loop checks the gate again after each
 * pause.
 */
final class PausedAccept extends ChannelInboundHandlerAdapter {
    private final AcceptGate gate;

    PausedAccept(AcceptGate gate) {
        this.gate = gate;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        go(context);
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object connection) {
        // First, because this connection has its descriptor already; the gate decides about the next one.
        context.fireChannelRead(connection);
        if (context.channel().config().isAutoRead()) {
            go(context);
        }
    }

    /** An attempt to accept has failed. Netty would pause, too, but with a stack trace. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        ChannelConfig config = context.channel().config();
        if (config.isAutoRead()) {
            gate.countAgain();
            go(context);
        }
        // Still on: the failure has another cause than descriptors, and Netty's own handler treats it.
        if (config.isAutoRead()) {
            context.fireExceptionCaught(failure);
        }
    }

    /** Checks the gate: accepts, or pauses and checks again later. At most one pause is pending, because nothing is accepted meanwhile. */
    private void go(ChannelHandlerContext context) {
        ChannelConfig config = context.channel().config();
        boolean may = gate.mayAccept();
        if (!may) {
            // Before the switch is turned off, so that a pause always ends.
            Future<?> unused = context.executor()
                    .schedule(() -> goOn(context), AcceptGate.PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
        config.setAutoRead(may);
    }

    /** Runs after a pause. The socket may have been closed meanwhile, by {@code unbind}. */
    private void goOn(ChannelHandlerContext context) {
        if (!context.isRemoved()) {
            go(context);
        }
    }
}
