package org.pekkochannels.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.CodecException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.edge.ConsumerSpawner;
import org.pekkochannels.edge.ContainedFailures;
import org.pekkochannels.edge.HalfClosing;
import org.pekkochannels.edge.Peers;
import org.pekkochannels.edge.Reception;
import org.pekkochannels.edge.SocketUser;
import org.pekkochannels.websocket.TransportListener;

/**
 * A transport over one of Netty's channels: the last handler of its pipeline.
 *
 * <p>Confined to the channel's loop; {@link #execute} and {@link #inThread} alone may be called from anywhere.
 */
final class ChannelTransport extends ChannelInboundHandlerAdapter implements Reception.Host {
    private static final InetSocketAddress UNKNOWN = InetSocketAddress.createUnresolved("-", 0);

    private final Loop loop;
    private final Channel channel;
    private final Output output;
    private final ChannelEnd end;
    private TransportListener endpoint = SocketUser.NOBODY.endpoint();
    private Runnable stopped = SocketUser.NOBODY.stopped();
    private @Nullable InetSocketAddress proxied;
    private boolean dirty;
    // Whether the read at hand has brought the endpoint anything.
    private boolean read;
    private boolean closing;
    private long discarded;
    private boolean lost;

    ChannelTransport(Loop loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
        this.output = new Output(channel);
        this.end = new ChannelEnd(channel, output);
    }

    /** How many bytes of TLS's own the client has not taken. */
    long answersOfTls() {
        return output.answers();
    }

    /** Gives the first bytes to somebody; before there are any. */
    void begin(TransportListener first) {
        endpoint = first;
    }

    /** A proxy has said who the client is. */
    void proxiedFor(InetSocketAddress client) {
        proxied = client;
    }

    @Override
    public Peers peers() {
        InetSocketAddress client = proxied;
        return new Peers(client == null ? known(channel.remoteAddress()) : client, known(channel.localAddress()));
    }

    @Override
    public ConsumerSpawner consumers() {
        return loop.consumers();
    }

    @Override
    public void attach(SocketUser user, byte[] greeting, byte[] early) {
        read = false;
        endpoint = user.endpoint();
        stopped = user.stopped();
        write(greeting, 0, greeting.length);
        user.started().accept(this);
        endpoint.opened(this);
        flush();
        if (early.length > 0) {
            // It may hand the connection on meanwhile.
            TransportListener reader = endpoint;
            reader.bytes(early, 0, early.length);
            reader.readDone();
        }
    }

    @Override
    public boolean inThread() {
        return loop.inEventLoop();
    }

    @Override
    public boolean execute(Runnable task) {
        if (loop.isShuttingDown()) {
            return false;
        }
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException ended) {
            // so has the connection
            return false;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (!lost) {
            output.write(bytes, offset, length);
        }
    }

    @Override
    public void flush() {
        if (!dirty && !lost) {
            dirty = true;
            loop.flushLater(this);
        }
    }

    /** At the end of the loop's pass. */
    void flushNow() {
        dirty = false;
        output.flush();
        tellDrained();
        if (closing) {
            end.endOutput();
        }
    }

    @Override
    public void reading(boolean on) {
        if (!lost) {
            channel.config().setAutoRead(on || closing);
        }
    }

    @Override
    public long unsent() {
        return output.unsent();
    }

    @Override
    public long taken() {
        return output.taken();
    }

    @Override
    public void close() {
        end.endBoth();
        shutdownOutput();
    }

    @Override
    public void shutdownOutput() {
        if (closing || lost) {
            return;
        }
        closing = true;
        reading(true);
        flush();
    }

    @Override
    public void abort() {
        end.abort();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (channel.pipeline().get(SslHandler.class) != null) {
            output.secured();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (channel.pipeline().get(SslHandler.class) == null) {
            tellReception();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (closing) {
            discard(bytes);
            return;
        }
        byte[] scratch = loop.scratch();
        try {
            while (bytes.isReadable()) {
                int count = Math.min(bytes.readableBytes(), scratch.length);
                bytes.readBytes(scratch, 0, count);
                read = true;
                endpoint.bytes(scratch, 0, count);
            }
        } finally {
            bytes.release();
        }
    }

    private void discard(ByteBuf bytes) {
        discarded += bytes.readableBytes();
        bytes.release();
        if (discarded > endpoint.mostDiscarded()) {
            abort();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (read) {
            read = false;
            endpoint.readDone();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        tellDrained();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent
                || (event instanceof SslCloseCompletionEvent end && end.isSuccess())) {
            finish();
        } else if (event instanceof SslHandshakeCompletionEvent end && end.isSuccess()) {
            tellReception();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!isOfPeer(cause)) {
            loop.failures().contain(ContainedFailures.Place.CONNECTION, "a connection", cause);
        }
        lose(cause);
        end.close();
    }

    /** What a client or the network causes: a reset, bad TLS, a bad header of the PROXY protocol. */
    private static boolean isOfPeer(Throwable cause) {
        return cause instanceof IOException || cause instanceof CodecException;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        lose(null);
        stopped.run();
    }

    /** Bytes flow; whoever comes after the reception is told when it gets them. */
    private void tellReception() {
        if (endpoint instanceof Reception reception) {
            reception.opened(this);
        }
    }

    /** The client has ended its side: nothing more will come, but what was written may still leave. */
    private void finish() {
        if (!end.inputEnded() || closing) {
            return;
        }
        // TLS tells of the end within the read that brought it.
        if (read) {
            read = false;
            endpoint.readDone();
        }
        if (endpoint instanceof HalfClosing writer) {
            writer.finished();
        } else {
            endpoint.lost(null);
            shutdownOutput();
            lost = true;
        }
    }

    private void lose(@Nullable Throwable why) {
        output.drop();
        if (!lost) {
            lost = true;
            endpoint.lost(why);
        }
    }

    private void tellDrained() {
        if (output.hasDrained()) {
            endpoint.drained();
        }
    }

    private static InetSocketAddress known(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress known ? known : UNKNOWN;
    }
}
