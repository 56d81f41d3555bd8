package org.pekkochannels.consumer;

import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;

/**
 * A blocking consumer without a connection: it handles the messages that are sent to a name, such as
 * {@code channelLayer().send("thumbnails", ..)}. Register their handlers with {@code on(type, ..)} in the constructor.
 *
 * <p>One instance handles one message at a time; its number of instances is set by {@code Channels.worker(..)}. A message reaches at most
 * one instance on one node. It is handled at most once: messages that wait are lost with their process, and a message whose handler fails is
 * not repeated. For work that must not be lost use a table.
 *
 * <p>If a callback fails, the failure is logged and counted, and the instance is replaced by a new one, unless {@code failed(..)} handles
 * it. Messages that wait are handled by other instances or by the new one. After several failures in succession the replacement is delayed,
 * by {@code channels.worker.min-backoff} and then twice as long each time, up to {@code channels.worker.max-backoff}.
 *
 * <p>Callbacks run on the database dispatcher, each with a separate handle, and the rules of {@link SyncWebSocketConsumer} apply: group sends
 * are released when the callback has returned and its transaction has committed. Each running callback occupies a database thread. A call
 * of {@code channelLayer().send(..)} takes effect at once, also inside a transaction. {@link #channelName} is the name of the instance's own
 * channel; {@link #workerName} is the name that senders use.
 */
public abstract non-sealed class SyncWorkerConsumer extends SyncConsumer {
    /**
     * Takes the context that the runtime hands to the factory.
     *
     * @param context the context
     */
    protected SyncWorkerConsumer(ConsumerContext context) {
        super(context);
    }

    /**
     * Called first, before the first message; does nothing by default. For example joins groups.
     *
     * @throws Exception any failure; the instance is replaced
     */
    protected void started() throws Exception {}

    /**
     * Called exactly once, last, when the application stops or the instance has failed, after it has left its groups. Not called if the
     * constructor has failed.
     *
     * @throws Exception any failure; logged
     */
    protected void stopped() throws Exception {}

    /**
     * Called when another callback has failed: {@code started}, a handler of a message or of a group event, or a timer. By default does
     * nothing, and then takes no database thread.
     *
     * <p>It is a callback with its own handle and transaction. The transaction of the failed callback has been rolled back. When it has
     * returned, the failure is logged, and the instance is replaced, unless {@link #keepRunning} was called. Not called for failures of the
     * constructor, {@code stopped} and this callback itself, and for a fatal error such as {@code OutOfMemoryError}.
     *
     * @param failure which callback failed, why, and with which message
     * @throws Exception any failure; logged together with the first one
     */
    protected void failed(Failure failure) throws Exception {}

    /**
     * In {@link #failed}: marks the failure as handled, so that the instance handles the next message.
     *
     * @throws IllegalStateException if no failure is being handled
     */
    protected final void keepRunning() {
        handled();
    }

    /**
     * The name to which messages for this worker are sent.
     *
     * @return the name, as passed to {@code Channels.worker(..)}
     */
    protected final String workerName() {
        return WorkerPool.name(context().scope());
    }

    @Override
    final boolean isWorker() {
        return true;
    }

    @Override
    final String connectCallback() {
        return WorkerPool.STARTED;
    }

    @Override
    final String disconnectCallback() {
        return WorkerPool.STOPPED;
    }

    @Override
    final CompletionStage<?> connected() {
        context().outlet().accept(Acceptance.PLAIN);
        return run(this::started);
    }

    @Override
    final CompletionStage<?> received(Inbound.Message message) {
        throw new IllegalStateException("a worker has no client");
    }

    @Override
    final CompletionStage<?> handleFailure(Failure failure) {
        return run(() -> failed(failure));
    }

    @Override
    final CompletionStage<?> disconnected(CloseReason reason) {
        return run(this::stopped);
    }
}
