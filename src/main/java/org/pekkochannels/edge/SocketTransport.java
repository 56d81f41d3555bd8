package org.pekkochannels.edge;

import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.TaskQueue;
import org.pekkochannels.websocket.Transport;
import org.pekkochannels.websocket.TransportListener;

/**
 * A transport over a stream stage.
 *
 * <p>The stage has one inlet, from the socket, and one outlet. Three kinds of events run it, each on the interpreter's current thread, and
 * never two at the same time:
 *
 * <ul>
 * <li>{@link #onPush}: the socket has read. The listener gets the bytes, and the next read is requested.
 * <li>{@link #onPull}: the socket has taken everything pushed before. Only then is the next piece pushed, so a piece counts as unsent until
 * this event.
 * <li>a call of {@link #bell}: tasks wait that other threads have passed to {@link #execute}.
 * </ul>
 *
 * <p>A push leaves the stage when the current event is over, so a flush costs nothing beyond the event.
 *
 * <p>Confined to the stage's interpreter; only {@link #execute} and {@link #inThread} may be called from any thread.
 */
public class SocketTransport extends GraphStageLogic implements Transport, TaskQueue.Owner, InHandler, OutHandler {
    private static final byte[] NOTHING = {};
    // A push counts as unsent until the kernel has taken all of it; this size lets a slow peer show progress in time.
    private static final int MOST_PUSHED = 64 * 1024;

    private final Inlet<ByteString> in;
    private final Outlet<ByteString> out;
    private SocketUser user = SocketUser.NOBODY;
    private final TaskQueue tasks = new TaskQueue();
    private final AsyncCallback<TaskQueue> bell = createAsyncCallback(this::runTasks);
    // Output from first to end is written and not pushed yet; the socket has the pushed bytes and has not taken them
    // all.
    private byte[] buffer = NOTHING;
    private int first;
    private int end;
    private int pushed;
    private long taken;
    // The listener's back-pressure. It applies in OPEN only.
    private boolean reading = true;
    private Phase phase = Phase.OPEN;
    private long discarded;
    // The thread that runs an event of this stage now, set only by that thread; null between events, because the same
    // thread then runs other connections.
    private volatile @Nullable Thread thread;

    /**
     * The phase of the connection's life. A phase is never entered again; phases may be skipped.
     *
     * <pre>
     *   from               event                                           to
     *   OPEN               the socket takes no more output                 OUTPUT_GONE
     *   OPEN, OUTPUT_GONE  shutdownOutput()                                CLOSING
     *   up to CLOSING      close()                                         CLOSING_BOTH
     *   any                end of the input, failure, end of the stage     LOST
     * </pre>
     *
     * <p>The two directions end in any order. If the output ends first, bytes that the socket has read may still wait in
     * front of the stage, so the stage continues to read. If the input ends first, the listener receives {@code lost()} at once,
     * and earlier output still leaves; a {@link HalfClosing} listener receives {@code finished()} instead, and the phase stays OPEN.
     */
    private enum Phase {
        OPEN,
        /** No more output leaves. Input is read to its end, even against the listener's back-pressure. */
        OUTPUT_GONE,
        /** Our side ends when the output has left; input is read and discarded until it ends too. */
        CLOSING,
        /** Like CLOSING, but both directions end when the output has left. */
        CLOSING_BOTH,
        /** The listener has received {@code lost()}. If the stage still runs, the output leaves and then our side ends. */
        LOST;

        boolean isClosing() {
            return compareTo(CLOSING) >= 0;
        }

        boolean readsToTheEnd() {
            return this != OPEN && this != LOST;
        }
    }

    /**
     * A transport over a stage with one inlet and one outlet.
     *
     * @param shape the stage's shape
     */
    protected SocketTransport(FlowShape<ByteString, ByteString> shape) {
        super(shape);
        this.in = shape.in();
        this.out = shape.out();
        setHandler(in, this);
        setHandler(out, this);
    }

    /**
     * Sets the first user of the connection's bytes. Called once, when the stage starts.
     *
     * @param first receives the bytes
     */
    protected final void begin(SocketUser first) {
        run(() -> attach(first, NOTHING, NOTHING));
    }

    /**
     * Passes the connection's bytes to a user; on the connection's thread.
     *
     * <p>The order is part of the contract. The greeting precedes what the user writes. The user has the transport before its listener
     * acts. The early bytes precede those of the next read. The listener may pass the connection on while it receives the early bytes, so
     * nothing of this user follows them.
     *
     * @param taker receives the bytes
     * @param greeting the bytes to send first
     * @param early the bytes that were read before
     */
    public final void attach(SocketUser taker, byte[] greeting, byte[] early) {
        user = taker;
        write(greeting, 0, greeting.length);
        user.started().accept(this);
        user.listener().opened(this);
        push();
        receive(early);
        read();
    }

    /**
     * Tasks that arrive too late for the interpreter still run: they contain messages that must be counted as dropped. They run last, so
     * that they find the connection ended. After {@code close()} the queue rejects tasks, and their callers count.
     */
    @Override
    public void postStop() {
        lose(null);
        run(user.stopped());
        tasks.close();
        runTaken(tasks);
    }

    @Override
    public void onPush() {
        thread = Thread.currentThread();
        try {
            ByteString bytes = grab(in);
            if (phase.isClosing()) {
                discard(bytes.size());
            } else {
                // A copy, because the session unmasks in place and the array of a ByteString may be shared.
                receive(bytes.toArray());
            }
            read();
        } catch (Throwable failure) {
            failed(failure);
        }
        thread = null;
    }

    @Override
    public void onPull() {
        long before = unsent();
        // The socket requests the next piece, so it has taken the last one.
        taken += pushed;
        pushed = 0;
        // Before drained(): earlier output leaves first, and the listener is notified only if that has left room.
        push();
        if (before > LOW_WATER && unsent() <= LOW_WATER) {
            run(user.listener()::drained);
        }
    }

    /**
     * No more output can leave. TLS ends both directions together when it has read the client's end. Input that it has emitted before may
     * still wait in front of this stage, and contains the last messages of a WebSocket client.
     */
    @Override
    public void onDownstreamFinish(Throwable cause) throws Exception {
        if (phase.isClosing() || isClosed(in) || user.listener() instanceof HalfClosing) {
            OutHandler.super.onDownstreamFinish(cause);
        } else {
            phase = Phase.OUTPUT_GONE;
            read();
        }
    }

    /** The client has ended its side: no input follows, but earlier output may still leave. */
    @Override
    public void onUpstreamFinish() {
        if (!(user.listener() instanceof HalfClosing writer)) {
            lose(null);
            shutdownOutput();
        } else if (!phase.isClosing()) {
            run(writer::finished);
        }
    }

    /** First the listener, with the cause: {@link #postStop} follows and would report a loss without one. */
    @Override
    public void onUpstreamFailure(Throwable failure) {
        lose(failure);
        failStage(failure);
    }

    /** Two connections may share a thread, so being on "a thread of the stream" is not enough: it must run this stage now. */
    @Override
    public boolean inThread() {
        return thread == Thread.currentThread();
    }

    @Override
    public boolean execute(Runnable task) {
        return tasks.add(task, this);
    }

    /** On the thread that adds the first task. Pekko discards a callback that has not run when the stage ends, hence the queue. */
    @Override
    public void wake() {
        bell.invoke(tasks);
    }

    /** One event of the stage runs all tasks that wait now. Later ones run in the next event, so that other streams get their turn. */
    private void runTasks(TaskQueue waiting) {
        waiting.take();
        runTaken(waiting);
        if (!waiting.finish()) {
            wake();
        }
    }

    private void runTaken(TaskQueue taken) {
        for (Runnable task = taken.poll(); task != null; task = taken.poll()) {
            run(task);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (buffer.length - end < length) {
            grow(length);
        }
        System.arraycopy(bytes, offset, buffer, end, length);
        end += length;
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
        return (long) end - first + pushed;
    }

    @Override
    public long taken() {
        return taken;
    }

    @Override
    public void shutdownOutput() {
        end(Phase.CLOSING);
    }

    @Override
    public void close() {
        end(Phase.CLOSING_BOTH);
    }

    /** Reading is resumed in any case, because only a read detects the client's end. */
    private void end(Phase next) {
        if (phase.compareTo(next) < 0) {
            phase = next;
        }
        push();
        read();
    }

    /** Output that the kernel has not taken is dropped, see {@link ConnectionAborted}. */
    @Override
    public void abort() {
        failStage(new ConnectionAborted());
    }

    /** Runs a task inside the stage, that is on the connection's thread. */
    private void run(Runnable task) {
        thread = Thread.currentThread();
        try {
            task.run();
        } catch (Throwable failure) {
            failed(failure);
        }
        thread = null;
    }

    /** Cuts off this connection; for some errors Pekko would end the JVM. */
    private void failed(Throwable failure) {
        ContainedFailures.of(materializer().system())
                .contain(ContainedFailures.Place.CONNECTION, "a connection", failure);
        abort();
    }

    private void receive(byte[] bytes) {
        if (bytes.length > 0 && !phase.isClosing()) {
            TransportListener reader = user.listener();
            reader.bytes(bytes, 0, bytes.length);
            reader.readDone();
        }
    }

    /** A client that never stops sending would occupy the stream until the close timeout. */
    private void discard(int count) {
        discarded += count;
        if (discarded > user.listener().mostDiscarded()) {
            abort();
        }
    }

    private void lose(@Nullable Throwable why) {
        if (phase != Phase.LOST) {
            // Before the phase changes: a session that receives lost() reads its held bytes, and may answer a close
            // frame among them.
            run(() -> user.listener().lost(why));
            phase = Phase.LOST;
        }
    }

    private void read() {
        if ((reading || phase.readsToTheEnd()) && !isClosed(in) && !hasBeenPulled(in)) {
            pull(in);
        }
    }

    /** Pushes the pending output, as one write unless it is large, when the socket has pulled; then ends our side if requested. */
    private void push() {
        if (first < end && isAvailable(out)) {
            pushed = Math.min(end - first, MOST_PUSHED);
            push(out, ByteString.fromArrayUnsafe(buffer, first, pushed));
            first += pushed;
        }
        if (first == end) {
            // Never written again, because the ByteStrings own it now.
            buffer = NOTHING;
            first = 0;
            end = 0;
        }
        if (phase.isClosing() && end == 0) {
            endOutput();
        }
    }

    /** In CLOSING the stage continues to read; Pekko ends it when the inlet is closed, too. */
    private void endOutput() {
        if (phase == Phase.CLOSING_BOTH) {
            completeStage();
        } else if (!isClosed(out)) {
            complete(out);
        }
    }

    /** Always a new array, even if there is room at the start: pushed ByteStrings share the old one, so nothing in it may be moved. */
    private void grow(int more) {
        int waiting = end - first;
        byte[] grown = new byte[Math.max(waiting + more, 2 * waiting)];
        System.arraycopy(buffer, first, grown, 0, waiting);
        buffer = grown;
        first = 0;
        end = waiting;
    }

    /** Fails the stream, so that it ends with a reset rather than a FIN. */
    public static final class ConnectionAborted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Not a failure but a command, hence without a stack trace. */
        public ConnectionAborted() {
            super("connection aborted", null, false, false);
        }
    }
}
