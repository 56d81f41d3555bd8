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
 * <p>Netty calls the methods of the handler while the loop reads, the endpoint those of the transport, from within these calls
 * or in a consumer's turn later in the same pass. Neither flushes at once: {@link #flush} only enters the connection in the
 * loop's list, and {@link #flushNow} comes at the end of the pass. So all that one pass writes leaves in one system call. The
 * end of our side waits for that point too, because the endpoint may ask for the end before the pass has written everything.
 *
 * <p>Confined to the channel's loop; {@link #execute} and {@link #inThread} alone may be called from any thread.
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
    private ChannelPhase phase = ChannelPhase.OPEN;
    private long discarded;
    // Both hold within one pass only. The loop has this connection in its list of those to be flushed.
    private boolean flushDue;
    // The current read has given the endpoint bytes, and readDone() is due.
    private boolean readDue;

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
        // The endpoint before this one gave the connection away within its bytes(): the read is not the new one's.
        readDue = false;
        endpoint = user.endpoint();
        stopped = user.stopped();
        write(greeting, 0, greeting.length);
        user.started().accept(this);
        endpoint.opened(this);
        flush();
        if (early.length > 0) {
            // The reader may itself hand the connection on meanwhile; then it still gets the end of its own read.
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
            // The loop has ended, and with it the connection.
            return false;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (phase.isInUse()) {
            output.write(bytes, offset, length);
        }
    }

    @Override
    public void flush() {
        if (!flushDue && phase.isInUse()) {
            flushDue = true;
            loop.flushLater(this);
        }
    }

    /**
     * At the end of the loop's pass. First the output, as the endpoint may write again when it hears that it has drained; that
     * is flushed in the same pass. Last the end, which must follow all of it.
     */
    void flushNow() {
        flushDue = false;
        output.flush();
        tellDrained();
        if (phase.endsOutput()) {
            end.endOutput();
        }
    }

    @Override
    public void reading(boolean on) {
        if (phase.isInUse()) {
            // When our side has ended, the client's must be read on, or its end would never be seen.
            channel.config().setAutoRead(on || phase == ChannelPhase.CLOSING);
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
        if (phase.mayEndOutput()) {
            phase = ChannelPhase.CLOSING;
            reading(true);
            flush();
        }
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
        if (phase.discardsInput()) {
            discard(bytes);
            return;
        }
        byte[] scratch = loop.scratch();
        try {
            while (bytes.isReadable()) {
                int count = Math.min(bytes.readableBytes(), scratch.length);
                bytes.readBytes(scratch, 0, count);
                readDue = true;
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

    /** Netty reads at most a few times before it calls this; with TLS, one read may also bring no bytes at all. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        tellReadDone();
    }

    /** Comes within a flush, when the kernel has taken enough. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        tellDrained();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent
                || (event instanceof SslCloseCompletionEvent end && end.isSuccess())) {
            inputEnded();
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

    /** Bytes flow. Endpoints that follow the reception are told by {@link #attach}. */
    private void tellReception() {
        if (endpoint instanceof Reception reception) {
            reception.opened(this);
        }
    }

    /**
     * The client has ended its side: nothing more comes, but output written before may still leave.
     *
     * <p>With TLS this is called twice, for close_notify and for the FIN that follows it; the first call counts. In {@code
     * CLOSING} the endpoint has ended first, and hears {@code lost()} when the channel is closed.
     */
    private void inputEnded() {
        end.endBoth();
        if (phase == ChannelPhase.OPEN) {
            // TLS fires its event within the read that brought close_notify, before channelReadComplete.
            tellReadDone();
        }
        if (phase == ChannelPhase.OPEN) {
            tellInputEnded();
        }
    }

    private void tellInputEnded() {
        if (endpoint instanceof HalfClosing writer) {
            phase = ChannelPhase.HALF_CLOSED;
            writer.finished();
        } else {
            // A session now reads what it has held back. It may answer a close frame found there, and end our side.
            endpoint.lost(null);
            shutdownOutput();
            phase = ChannelPhase.FINISHING;
        }
    }

    private void lose(@Nullable Throwable why) {
        output.drop();
        boolean told = !phase.isInUse();
        phase = ChannelPhase.LOST;
        if (!told) {
            endpoint.lost(why);
        }
    }

    private void tellReadDone() {
        if (readDue) {
            readDue = false;
            endpoint.readDone();
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
