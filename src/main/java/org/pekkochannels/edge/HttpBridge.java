package org.pekkochannels.edge;

import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.websocket.Transport;

/**
 * Pekko HTTP over a transport: what the client sends goes into its stream, what that gives is written.
 *
 * <p>Nothing is read that the stream has not asked for, and nothing more asked of it before the last was taken by the
 * kernel, or nearly. An endpoint, confined to the connection's thread; its stage runs where the materializer lets it: fused
 * with the connection where that is a stream too, and then none of what they tell each other leaves the thread.
 */
final class HttpBridge implements HalfClosing {
    // An answer may be one large array; it is not to be copied whole for a client that takes its time.
    private static final int MOST_WRITTEN = 64 * 1024;

    private final Service service;
    private final Peers peers;
    private final Materializer materializer;
    private final HttpBridgeStage stage = new HttpBridgeStage(this);
    private @Nullable Transport transport;
    private ByteString read = ByteString.emptyByteString();
    private ByteString unwritten = ByteString.emptyByteString();
    // The stream is to be told when there is room for more.
    private boolean writing;
    private boolean ended;
    private boolean late;
    private boolean deaf;

    HttpBridge(Service service, Peers peers, Materializer materializer) {
        this.service = service;
        this.peers = peers;
        this.materializer = materializer;
    }

    @Override
    public void opened(Transport connection) {
        transport = connection;
        connection.reading(false);
        Flow.fromGraph(stage).join(service.http(peers)).run(materializer);
    }

    @Override
    public void bytes(byte[] window, int offset, int length) {
        if (!deaf) {
            read = read.concat(ByteString.fromArray(window, offset, length));
        }
    }

    @Override
    public void readDone() {
        if (read.isEmpty()) {
            return;
        }
        ByteString bytes = read;
        read = ByteString.emptyByteString();
        on(connection -> connection.reading(false));
        stage.tell(logic -> logic.received(bytes));
    }

    @Override
    public void drained() {
        // Not at once: a client that reads fast must not hold the connection's thread for a whole answer.
        execute(this::writeOn);
    }

    @Override
    public void finished() {
        stage.tell(HttpBridgeStage.Logic::finished);
    }

    @Override
    public void lost(@Nullable Throwable why) {
        on(service.deadlines()::clear);
        service.answers().settle();
        transport = null;
        unwritten = ByteString.emptyByteString();
        stage.tell(logic -> logic.lost(why));
    }

    void write(ByteString bytes) {
        unwritten = bytes;
        writing = true;
        writeOn();
    }

    /** Writes a part of the answer whenever the one before has left, or nearly. */
    private void writeOn() {
        on(connection -> {
            while (!unwritten.isEmpty() && hasRoom(connection)) {
                byte[] part = unwritten.take(MOST_WRITTEN).toArrayUnsafe();
                unwritten = unwritten.drop(MOST_WRITTEN);
                connection.write(part, 0, part.length);
                connection.flush();
            }
            goOn(connection);
        });
    }

    private void goOn(Transport connection) {
        boolean written = unwritten.isEmpty() && hasRoom(connection);
        if (written && ended) {
            service.deadlines().linger(connection, service.settings().idleTimeout(), this::abandon);
        } else if (ended) {
            service.deadlines().set(connection, service.settings().idleTimeout(), this::abandon);
        } else if (written && writing) {
            writing = false;
            stage.tell(HttpBridgeStage.Logic::written);
        }
    }

    private static boolean hasRoom(Transport connection) {
        return connection.unsent() <= Transport.LOW_WATER;
    }

    /** The stream has said all; what the connection has not taken of it yet has as long as an idle client. */
    void end() {
        ended = true;
        ignore();
        writeOn();
    }

    /** The stream has failed; over one of its times the client still gets what was said. */
    void fail(Throwable failure) {
        late = failure instanceof TimeoutException;
        if (late) {
            end();
        } else {
            on(Transport::abort);
        }
    }

    /** The client has not taken the last answer for as long as it might be idle. */
    private void abandon() {
        if (!late) {
            // Else it is counted already.
            service.cuts().count(Cuts.Limit.IDLE_TIMEOUT);
        }
        on(Transport::abort);
    }

    /** Pekko HTTP hears no more: what the client still says is read, for else it might never come to read the answer. */
    void ignore() {
        deaf = true;
        on(connection -> connection.reading(true));
    }

    void on(Consumer<Transport> task) {
        Transport connection = transport;
        if (connection != null) {
            task.accept(connection);
        }
    }

    /** Runs a task on the connection's thread. */
    void execute(Runnable task) {
        on(connection -> connection.execute(task));
    }
}
