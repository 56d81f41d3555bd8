package org.pekkochannels.consumer;

import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Wire;

/**
 * The wire of a worker, which has no client: only its credit for the next message and its end matter. Confined to the worker's turns.
 */
final class WorkerWire implements Wire {
    private static final String NO_CLIENT = "a worker has no client to send to; send an event to a channel or a group";

    private final Runnable ready;
    private final Runnable failed;
    private final int maxOutboundBytes;
    private boolean ended;

    /**
     * A wire that is not accepted yet.
     *
     * @param ready called when the worker may receive its next message
     * @param failed called when it ends after a failure, and may receive no further message
     * @param maxOutboundBytes the bound of calls from other threads, and of the output of a blocking callback
     */
    WorkerWire(Runnable ready, Runnable failed, int maxOutboundBytes) {
        this.ready = ready;
        this.failed = failed;
        this.maxOutboundBytes = maxOutboundBytes;
    }

    @Override
    public void accept(Acceptance acceptance) {
        // There is nothing to answer.
    }

    @Override
    public void refuse(Refusal refusal) {
        end();
    }

    @Override
    public void send(String text) {
        throw new IllegalStateException(NO_CLIENT);
    }

    @Override
    public void send(byte[] bytes) {
        throw new IllegalStateException(NO_CLIENT);
    }

    @Override
    public void close(CloseReason reason) {
        end();
    }

    private void end() {
        ended = true;
        failed.run();
    }

    @Override
    public int maxOutboundBytes() {
        return maxOutboundBytes;
    }

    @Override
    public void endTurn(boolean consumed) {
        if (consumed && !ended) {
            ready.run();
        }
    }
}
