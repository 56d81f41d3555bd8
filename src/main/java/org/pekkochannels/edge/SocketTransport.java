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
 * <p>The stage has one way in, from the socket, and one way out. Three kinds of events run it, each on whatever thread the
 * interpreter has then, and never two at once:
 *
 * <ul>
 *   <li>{@link #onPush}: the socket has read. The endpoint gets the bytes, and the next read is asked for.
 *   <li>{@link #onPull}: the socket has taken all that was pushed before. Only then is the next piece pushed, so a piece counts
 *       as unsent until this event.
 *   <li>a call of {@link #bell}: tasks wait that other threads gave to {@link #execute}.
 * </ul>
 *
 * <p>A push from within an event leaves the stage when the event is over, so a flush costs nothing more than the event it is
 * part of.
 *
 * <p>Confined to the stage's interpreter; {@link #execute} and {@link #inThread} alone may be called from any thread.
 */
public class SocketTransport extends GraphStageLogic implements Transport, TaskQueue.Owner, InHandler, OutHandler {
    private static final byte[] NOTHING = {};
    // A push counts as unsent until the kernel has all of it: small enough for a slow peer to show progress in time.
    private static final int MOST_PUSHED = 64 * 1024;

    private final Inlet<ByteString> in;
    private final Outlet<ByteString> out;
    private SocketUser user = SocketUser.NOBODY;
    private final TaskQueue tasks = new TaskQueue();
    private final AsyncCallback<TaskQueue> bell = createAsyncCallback(this::runTasks);
    private byte[] buffer = NOTHING;
    private int first;
    private int end;
    private int pushed;
    private long taken;
    // Back-pressure, as the endpoint asks for it. It counts in OPEN only.
    private boolean reading = true;
    private Phase phase = Phase.OPEN;
    private long discarded;
    // Set while an event of this stage runs, and only by that event's thread.
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
     * <p>The two ways end in any order. Where the output ends first, what the socket has read may still wait in front of the
     * stage, so the stage goes on reading. Where the input ends first, the endpoint hears {@code lost()} at once, and output
     * written before still leaves; a {@link HalfClosing} endpoint hears {@code finished()} instead, and remains in OPEN.
     */
    private enum Phase {
        OPEN,
        /** Output does not leave any more. Input is read to its end, also against the endpoint's back-pressure. */
        OUTPUT_GONE,
        /** Our side ends when the output has left; input is read and discarded until it ends too. */
        CLOSING,
        /** As CLOSING, but both ways end when the output has left. */
        CLOSING_BOTH,
        /** The endpoint was told {@code lost()}. Where the stage still runs, the output leaves and then our side ends. */
        LOST;

        boolean isClosing() {
            return compareTo(CLOSING) >= 0;
        }

        boolean readsToTheEnd() {
            return this != OPEN && this != LOST;
        }
    }

    /**
     * A transport over a stage with one way in and one out.
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
     * Gives the connection's bytes to the first who gets any; once, when the stage starts.
     *
     * @param first gets them
     */
    protected final void begin(SocketUser first) {
        run(() -> attach(first, NOTHING, NOTHING));
    }

    /**
     * Gives the connection's bytes to somebody; on the connection's thread.
     *
     * @param taker gets them
     * @param greeting what is sent first
     * @param early what was read before
     */
    public final void attach(SocketUser taker, byte[] greeting, byte[] early) {
        user = taker;
        write(greeting, 0, greeting.length);
        user.started().accept(this);
        user.endpoint().opened(this);
        push();
        receive(early);
        read();
    }

    /** Tasks that have come too late for the interpreter still run: they carry messages that are to be counted as dropped. */
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
                // A copy: the session unmasks in place, and the array of a ByteString may be shared.
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
        taken += pushed;
        pushed = 0;
        push();
        if (before > LOW_WATER && unsent() <= LOW_WATER) {
            run(user.endpoint()::drained);
        }
    }

    /**
     * Nothing that is written leaves any more. TLS ends both ways together when it has read the client's end. What it passed on
     * before that may still wait in front of this stage, and holds the last messages of a WebSocket's client.
     */
    @Override
    public void onDownstreamFinish(Throwable cause) throws Exception {
        if (phase.isClosing() || isClosed(in) || user.endpoint() instanceof HalfClosing) {
            OutHandler.super.onDownstreamFinish(cause);
        } else {
            phase = Phase.OUTPUT_GONE;
            read();
        }
    }

    /** The client has ended its side: nothing more comes, but output written before may still leave. */
    @Override
    public void onUpstreamFinish() {
        if (!(user.endpoint() instanceof HalfClosing writer)) {
            lose(null);
            shutdownOutput();
        } else if (!phase.isClosing()) {
            run(writer::finished);
        }
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
    public boolean execute(Runnable task) {
        return tasks.add(task, this);
    }

    @Override
    public void wake() {
        bell.invoke(tasks);
    }

    /** One event of the stage runs all that wait now; what comes meanwhile is for the next, as other streams have a turn. */
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

    private void end(Phase next) {
        if (phase.compareTo(next) < 0) {
            phase = next;
        }
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
        try {
            task.run();
        } catch (Throwable failure) {
            failed(failure);
        }
        thread = null;
    }

    /** Cuts this connection: of some errors Pekko would make the end of the JVM. */
    private void failed(Throwable failure) {
        ContainedFailures.of(materializer().system())
                .contain(ContainedFailures.Place.CONNECTION, "a connection", failure);
        abort();
    }

    private void receive(byte[] bytes) {
        if (bytes.length > 0 && !phase.isClosing()) {
            TransportListener reader = user.endpoint();
            reader.bytes(bytes, 0, bytes.length);
            reader.readDone();
        }
    }

    private void discard(int count) {
        discarded += count;
        if (discarded > user.endpoint().mostDiscarded()) {
            abort();
        }
    }

    private void lose(@Nullable Throwable why) {
        if (phase != Phase.LOST) {
            // The phase follows: while it is told, a session reads held bytes, and may answer a close frame.
            run(() -> user.endpoint().lost(why));
            phase = Phase.LOST;
        }
    }

    private void read() {
        if ((reading || phase.readsToTheEnd()) && !isClosed(in) && !hasBeenPulled(in)) {
            pull(in);
        }
    }

    /** Pushes what was written, as one write unless it is large, when the socket wants it; then ends our side if asked. */
    private void push() {
        if (first < end && isAvailable(out)) {
            pushed = Math.min(end - first, MOST_PUSHED);
            push(out, ByteString.fromArrayUnsafe(buffer, first, pushed));
            first += pushed;
        }
        if (first == end) {
            // Never written again: it belongs to the ByteStrings now.
            buffer = NOTHING;
            first = 0;
            end = 0;
        }
        if (phase.isClosing() && end == 0) {
            endOutput();
        }
    }

    private void endOutput() {
        if (phase == Phase.CLOSING_BOTH) {
            completeStage();
        } else if (!isClosed(out)) {
            complete(out);
        }
    }

    private void grow(int more) {
        int waiting = end - first;
        byte[] grown = new byte[Math.max(waiting + more, 2 * waiting)];
        System.arraycopy(buffer, first, grown, 0, waiting);
        buffer = grown;
        first = 0;
        end = waiting;
    }

    /** Makes the stream's end a reset rather than a FIN. */
    public static final class ConnectionAborted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** A failure that is an order. */
        public ConnectionAborted() {
            super("connection aborted", null, false, false);
        }
    }
}
