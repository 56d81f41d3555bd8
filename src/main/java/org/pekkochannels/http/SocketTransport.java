package org.pekkochannels.http;

import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.websocket.Endpoint;
import org.pekkochannels.websocket.Transport;

/**
 * A transport over a stream stage.
 *
 * <p>Confined to the stage's interpreter, which runs one event at a time; {@link #execute} and {@link #inThread} alone
 * may be called from anywhere.
 */
final class SocketTransport extends GraphStageLogic implements Transport, InHandler, OutHandler {
    private static final byte[] NOTHING = {};

    private final Inlet<ByteString> in;
    private final Outlet<ByteString> out;
    private final Endpoint endpoint;
    private final Consumer<SocketTransport> started;
    private final Runnable stopped;
    private final AsyncCallback<Runnable> tasks = createAsyncCallback(this::run);
    private byte[] buffer = NOTHING;
    private int buffered;
    private int pushed;
    private boolean reading = true;
    private boolean closing;
    private boolean lost;
    private volatile @Nullable Thread thread;

    SocketTransport(
            FlowShape<ByteString, ByteString> shape,
            Endpoint endpoint,
            Consumer<SocketTransport> started,
            Runnable stopped) {
        super(shape);
        this.in = shape.in();
        this.out = shape.out();
        this.endpoint = endpoint;
        this.started = started;
        this.stopped = stopped;
        setHandler(in, this);
        setHandler(out, this);
    }

    @Override
    public void preStart() {
        started.accept(this);
        run(() -> endpoint.opened(this));
        read();
    }

    @Override
    public void postStop() {
        lose(null);
        stopped.run();
    }

    @Override
    public void onPush() {
        // A copy: the session unmasks in place, and the array of a ByteString may be shared.
        byte[] bytes = grab(in).toArray();
        if (!closing) {
            thread = Thread.currentThread();
            endpoint.bytes(bytes, 0, bytes.length);
            endpoint.readDone();
            thread = null;
        }
        read();
    }

    @Override
    public void onPull() {
        long before = unsent();
        pushed = 0;
        push();
        if (before > LOW_WATER && unsent() <= LOW_WATER) {
            run(endpoint::drained);
        }
    }

    /** The client has finished: nothing more will come, but what was written may still leave. */
    @Override
    public void onUpstreamFinish() {
        lose(null);
        close();
    }

    @Override
    public void onUpstreamFailure(Throwable failure) {
        lose(failure);
        failStage(failure);
    }

    @Override
    public boolean inThread() {
        return thread == Thread.currentThread();
    }

    @Override
    public void execute(Runnable task) {
        tasks.invoke(task);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (buffer.length - buffered < length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffered + length, buffer.length * 2));
        }
        System.arraycopy(bytes, offset, buffer, buffered, length);
        buffered += length;
    }

    @Override
    public void flush() {
        push();
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        read();
    }

    @Override
    public long unsent() {
        return (long) buffered + pushed;
    }

    /** Ends our side after what was written; the client's side is read, and thrown away, until it ends too. */
    @Override
    public void close() {
        closing = true;
        reading = true;
        push();
        read();
    }

    @Override
    public void abort() {
        failStage(new ConnectionAborted());
    }

    /** Runs a task of the stage, which then is on the connection's thread. */
    private void run(Runnable task) {
        thread = Thread.currentThread();
        task.run();
        thread = null;
    }

    private void lose(@Nullable Throwable why) {
        if (!lost) {
            lost = true;
            run(() -> endpoint.lost(why));
        }
    }

    private void read() {
        if ((reading || closing) && !isClosed(in) && !hasBeenPulled(in)) {
            pull(in);
        }
    }

    /** Pushes all that was written, as one write, when the socket wants it; then ends our side if that was asked. */
    private void push() {
        if (buffered > 0 && isAvailable(out)) {
            pushed = buffered;
            push(out, ByteString.fromArrayUnsafe(takeBuffer(), 0, pushed));
        }
        if (closing && buffered == 0 && !isClosed(out)) {
            complete(out);
        }
    }

    private byte[] takeBuffer() {
        byte[] taken = buffer;
        buffer = NOTHING;
        buffered = 0;
        return taken;
    }

    /** Makes the stream's end a reset rather than a FIN. */
    private static final class ConnectionAborted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ConnectionAborted() {
            super("connection aborted", null, false, false);
        }
    }
}
