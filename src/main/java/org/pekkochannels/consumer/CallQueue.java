package org.pekkochannels.consumer;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.FatalErrors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of one consumer's methods from outside its turn: each waits for the turn, in order, within two bounds.
 *
 * <p>A call over a bound fails at once. A call that comes after the consumer has ended, or that still waits then, completes
 * without effect. Both are counted. Made when the first such call comes; thread-safe, and no method blocks.
 */
final class CallQueue {
    private static final Logger LOG = LoggerFactory.getLogger(CallQueue.class);

    // Number and bytes are one value, so that both bounds hold exactly without a lock: bytes below, each call adds one
    // above.
    private static final int BYTES_BITS = 40;
    private static final long ONE_CALL = 1L << BYTES_BITS;

    private final Turn turn;
    private final ConsumerCounts counts;
    private final int maxCalls;
    private final int maxBytes;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicBoolean warned = new AtomicBoolean();

    CallQueue(Turn turn, ConsumerCounts counts, int maxCalls, int maxBytes) {
        this.turn = turn;
        this.counts = counts;
        this.maxCalls = maxCalls;
        this.maxBytes = maxBytes;
    }

    /** Has the turn run something of so many bytes, soon. */
    CompletionStage<Done> run(int bytes, Runnable body) {
        return call(bytes, Done.getInstance(), () -> {
            body.run();
            return turn.done();
        });
    }

    /** Has the turn begin something of so many bytes, soon; the result is {@code ended} if the consumer has ended before. */
    <T> CompletionStage<T> call(int bytes, T ended, Callable<CompletionStage<T>> body) {
        if (!admit(bytes)) {
            return turn.failed(refusal(bytes));
        }
        ForeignCall<T> call = new ForeignCall<>(bytes, ended, body);
        if (!turn.offer(call)) {
            call.drop();
        }
        return call;
    }

    private boolean admit(int bytes) {
        long before;
        long after;
        do {
            before = waiting.get();
            after = before + ONE_CALL + bytes;
            if (calls(after) > maxCalls || bytes(after) > maxBytes) {
                return false;
            }
        } while (!waiting.compareAndSet(before, after));
        return true;
    }

    private ConsumerOverloadedException refusal(int bytes) {
        counts.callRefused();
        long now = waiting.get();
        ConsumerOverloadedException refusal =
                new ConsumerOverloadedException(turn.description(), calls(now), maxCalls, bytes(now), bytes, maxBytes);
        if (warned.compareAndSet(false, true)) {
            LOG.warn("{}; this is logged once for each connection", refusal.getMessage());
        }
        return refusal;
    }

    private static int calls(long load) {
        return (int) (load >>> BYTES_BITS);
    }

    private static long bytes(long load) {
        return load & (ONE_CALL - 1);
    }

    /** A call that waits, and its stage. */
    private final class ForeignCall<T> extends ConfinedFuture<T> implements Runnable {
        private final int bytes;
        private final T ended;
        private final Callable<CompletionStage<T>> body;

        ForeignCall(int bytes, T ended, Callable<CompletionStage<T>> body) {
            super(turn);
            this.bytes = bytes;
            this.ended = ended;
            this.body = body;
        }

        @Override
        public void run() {
            if (turn.isLast()) {
                drop();
            } else {
                release();
                begin();
            }
        }

        void drop() {
            release();
            counts.callDropped();
            complete(ended);
        }

        private void begin() {
            try {
                follow(body.call());
            } catch (Throwable e) {
                completeExceptionally(e);
                FatalErrors.rethrow(e);
            }
        }

        private void follow(CompletionStage<T> stage) {
            if (stage == turn.done()) {
                complete(ended);
            } else {
                turn.bring(stage).whenComplete(this::end);
            }
        }

        private void end(T result, @Nullable Throwable failure) {
            if (failure == null) {
                complete(result);
            } else {
                completeExceptionally(unwrap(failure));
            }
        }

        private void release() {
            waiting.addAndGet(-ONE_CALL - bytes);
        }
    }
}
