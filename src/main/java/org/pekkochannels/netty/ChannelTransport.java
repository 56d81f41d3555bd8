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
 * A transport over a Netty channel: the last handler of its pipeline.
 *
 * <p>Netty calls the handler's methods while the loop reads. The listener calls the transport's methods within these calls, or in a
 * consumer's turn later in the same pass. Neither flushes at once: {@link #flush} only adds the connection to the loop's list, and
 * {@link #flushNow} runs at the end of the pass. So all output of one pass leaves in one system call. The end of our side waits until then,
 * too, because the listener may request the end before the pass has written everything.
 *
 * <p>Confined to the channel's loop; only {@link #execute} and {@link #inThread} may be called from any thread.
 */
final class ChannelTransport extends ChannelInboundHandlerAdapter implements Reception.Host {
    private static final InetSocketAddress UNKNOWN = InetSocketAddress.createUnresolved("-", 0);

    private final Loop loop;
    private final Channel channel;
    private final Output output;
    private final ChannelEnd end;
    private TransportListener listener = SocketUser.NOBODY.listener();
    private Runnable stopped = SocketUser.NOBODY.stopped();
    private @Nullable InetSocketAddress proxied;
    private ChannelPhase phase = ChannelPhase.OPEN;
    private long discarded;
    // Both hold within one pass only. The loop has this connection in its list of those to be flushed.
    private boolean flushDue;
    // The current read has given the listener bytes, and readDone() is due.
    private boolean readDue;

    ChannelTransport(Loop loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
        this.output = new Output(channel);
        this.end = new ChannelEnd(channel, output);
    }

    /** The number of bytes that TLS has written by itself and the client has not taken. */
    long answersOfTls() {
        return output.answers();
    }

    /** Sets the listener for the first bytes; called before any arrive. */
    void begin(TransportListener first) {
        listener = first;
    }

    /** The PROXY protocol has reported the client's address. */
    void proxiedFor(InetSocketAddress client) {
        proxied = client;
    }

    @Override
    public Peers peers() {
        // Netty has no address for a channel that was reset before it was first asked.
        InetSocketAddress client = proxied;
        return new Peers(client == null ? known(channel.remoteAddress()) : client, known(channel.localAddress()));
    }

    @Override
    public ConsumerSpawner consumers() {
        return loop.consumers();
    }

    @Override
    public void attach(SocketUser user, byte[] greeting, byte[] early) {
        // The previous listener passed the connection on within its bytes(), so the new one gets no readDone() for that
        // read.
        readDue = false;
        listener = user.listener();
        stopped = user.stopped();
        write(greeting, 0, greeting.length);
        // In this order: the user has the transport before its listener writes, and the greeting precedes those writes.
        user.started().accept(this);
        listener.opened(this);
        flush();
        if (early.length > 0) {
            // The reader may itself pass the connection on meanwhile; it still gets the end of this read.
            TransportListener reader = listener;
            reader.bytes(early, 0, early.length);
            reader.readDone();
        }
    }

    @Override
    public boolean inThread() {
        return loop.inEventLoop();
    }

    /**
     * Posts a task to the loop; false if the loop has ended. Both checks are necessary: a loop that is shutting down still accepts tasks,
     * but may never run them, and one that has ended rejects them.
     */
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

    /** Only marks the connection: any number of turns in a pass cost one flush, and one system call, per connection. */
    @Override
    public void flush() {
        if (!flushDue && phase.isInUse()) {
            flushDue = true;
            loop.flushLater(this);
        }
    }

    /**
     * Called at the end of the loop's pass. First the output: the listener may write again when it is notified that the output has drained,
     * and that is flushed in the same pass. Last the end, which must follow all output.
     */
    void flushNow() {
        flushDue = false;
        output.flush();
        tellDrained();
        if (phase.endsOutput()) {
            end.endOutput();
        }
    }

    /** Netty checks the switch between two reads of a pass; what the current read has brought still arrives. */
    @Override
    public void reading(boolean on) {
        if (phase.isInUse()) {
            // When our side has ended, reading must stay on; only a read detects the client's end.
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

    /** If our side has ended already, the first call closes the channel; otherwise the flush does, when it has ended our side. */
    @Override
    public void close() {
        end.endBoth();
        shutdownOutput();
    }

    /** Only marks the phase: {@link #flushNow} ends our side, after the output of this pass. */
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

    /** While the pipeline is built, so before any output. TLS is always added before this handler. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (channel.pipeline().get(SslHandler.class) != null) {
            output.secured();
        }
    }

    /** Without TLS the connection is ready. With TLS it is ready after the handshake, which is an event of the pipeline. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (channel.pipeline().get(SslHandler.class) == null) {
            tellReception();
        }
    }

    /**
     * The loop's one array serves all its connections: the listener must be done with it on return. What the listener throws reaches
     * {@link #exceptionCaught} through Netty.
     */
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
                listener.bytes(scratch, 0, count);
            }
        } finally {
            bytes.release();
        }
    }

    /**
     * Discards input after our side has ended. Reading continues, because only a read detects the client's end. A client that never stops
     * sending is cut off: it would keep the loop busy until the close timeout.
     */
    private void discard(ByteBuf bytes) {
        discarded += bytes.readableBytes();
        bytes.release();
        if (discarded > listener.mostDiscarded()) {
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

    /** Events of the pipeline: the client's FIN, its TLS close_notify, or the end of the TLS handshake. */
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
        // First the listener: closing reports the channel inactive, which would be a loss without a cause.
        lose(cause);
        end.close();
    }

    /** Failures caused by a client or the network: a reset, invalid TLS, an invalid PROXY protocol header. */
    private static boolean isOfPeer(Throwable cause) {
        return cause instanceof IOException || cause instanceof CodecException;
    }

    /** The channel is closed, by either side or by {@link #abort}. Called once. */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        lose(null);
        stopped.run();
    }

    /** Notifies a reception that bytes flow. {@link #attach} notifies the listeners that follow it. */
    private void tellReception() {
        if (listener instanceof Reception reception) {
            reception.opened(this);
        }
    }

    /**
     * The client has ended its side: no input follows, but earlier output may still leave.
     *
     * <p>With TLS this is called twice, for close_notify and for the FIN that follows it; the first call counts. In {@code CLOSING} the
     * listener has ended first, and {@code lost()} is called when the channel is closed.
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
        if (listener instanceof HalfClosing writer) {
            phase = ChannelPhase.HALF_CLOSED;
            writer.finished();
        } else {
            // A session now reads the bytes that it has held back. It may answer a close frame among them, and end our
            // side. So the phase is still OPEN: in FINISHING, write(..) and shutdownOutput() have no effect.
            listener.lost(null);
            shutdownOutput();
            phase = ChannelPhase.FINISHING;
        }
    }

    /**
     * The connection has ended, by a failure or regularly. Netty may report both, in this order; the listener receives {@code lost()} only
     * once, and not at all if it has received the client's end before.
     */
    private void lose(@Nullable Throwable why) {
        output.drop();
        boolean told = !phase.isInUse();
        // Before the listener, unlike in tellInputEnded(): nothing that it writes can leave any more.
        phase = ChannelPhase.LOST;
        if (!told) {
            listener.lost(why);
        }
    }

    private void tellReadDone() {
        if (readDue) {
            readDue = false;
            listener.readDone();
        }
    }

    private void tellDrained() {
        if (output.hasDrained()) {
            listener.drained();
        }
    }

    private static InetSocketAddress known(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress known ? known : UNKNOWN;
    }
}
