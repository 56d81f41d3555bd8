package org.pekkochannels.http;

import java.util.Arrays;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.websocket.Session;
import org.pekkochannels.websocket.Transport;

/**
 * A session's transport over a stream stage.
 *
 * <p>Confined to the stage's interpreter, which runs one event at a time; {@link #execute} alone may be called from
 * anywhere.
 */
final class SocketTransport extends GraphStageLogic implements Transport, InHandler, OutHandler {
    private static final byte[] NOTHING = {};

    private final Inlet<ByteString> in;
    private final Outlet<ByteString> out;
    private final Session session;
    private final Connection connection;
    private final AsyncCallback<Runnable> tasks = createAsyncCallback(this::run);
    private byte[] buffer = NOTHING;
    private int buffered;
    private int pushed;
    private boolean reading = true;
    private boolean closing;
    private volatile @Nullable Thread thread;

    SocketTransport(FlowShape<ByteString, ByteString> shape, Session session, Connection connection) {
        super(shape);
        this.in = shape.in();
        this.out = shape.out();
        this.session = session;
        this.connection = connection;
        setHandler(in, this);
        setHandler(out, this);
    }

    @Override
    public void preStart() {
        run(this::started);
    }

    @Override
    public void postStop() {
        run(() -> session.lost(null));
        connection.ended(Connection.Part.SOCKET);
    }

    @Override
    public void onPush() {
        thread = Thread.currentThread();
        // A copy: the session unmasks in place, and the array of a ByteString may be shared.
        byte[] bytes = grab(in).toArray();
        session.bytes(bytes, 0, bytes.length);
        session.readDone();
        read();
        thread = null;
    }

    @Override
    public void onPull() {
        thread = Thread.currentThread();
        int taken = pushed;
        pushed = 0;
        push();
        if (taken > 0) {
            session.drained();
        }
        thread = null;
    }

    @Override
    public void onUpstreamFinish() {
        run(() -> session.lost(null));
        close();
    }

    @Override
    public void onUpstreamFailure(Throwable failure) {
        run(() -> session.lost(failure));
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

    @Override
    public void close() {
        closing = true;
        push();
    }

    @Override
    public void abort() {
        failStage(new ConnectionAborted());
    }

    private void started() {
        connection.attached(this);
        session.opened(this);
        read();
    }

    /** Runs a task of the stage, which then is on the connection's thread. */
    private void run(Runnable task) {
        thread = Thread.currentThread();
        task.run();
        thread = null;
    }

    private void read() {
        if (reading && !isClosed(in) && !hasBeenPulled(in)) {
            pull(in);
        }
    }

    /** Pushes all that was written, as one write, when the socket wants it; then ends the stream if that was asked. */
    private void push() {
        if (buffered > 0 && isAvailable(out)) {
            pushed = buffered;
            push(out, ByteString.fromArrayUnsafe(takeBuffer(), 0, pushed));
        }
        if (closing && buffered == 0) {
            completeStage();
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
