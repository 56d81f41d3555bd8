package org.pekkochannels.consumer;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.RunningTurn;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.StackRoom;

/**
 * Calls of one consumer's methods from outside its turn. Each waits for the turn, in order, within two bounds: number and bytes.
 *
 * <p>A call takes a place until its work is done and its result has reached the turn, even if the caller abandons it. A call over a bound
 * fails at once. A call that is made after the consumer has ended, or still waits then, completes without effect. Both cases are counted.
 * Created on the first such call. Thread-safe; no method blocks.
 */
final class CallQueue {
    private static final SafeLog LOG = SafeLog.of(CallQueue.class);

    // Number and bytes share one value, so that both bounds are exact without a lock: the lower bits are bytes, and
    // each call adds one
    // above them.
    private static final int BYTES_BITS = 40;
    private static final long ONE_CALL = 1L << BYTES_BITS;

    // The longest header of a frame from a server (RFC 6455, section 5.2), because the wire's bound includes headers.
    private static final int HEADER_BYTES = 10;

    private final TurnExecutor turn;
    private final ConsumerCounters counts;
    private final int maxCalls;
    private final int maxBytes;
    private final AtomicLong pending = new AtomicLong();
    // Whether a close or refuse call has taken the place that is reserved for one beyond the bounds.
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicBoolean refusing = new AtomicBoolean();
    private final AtomicBoolean warned = new AtomicBoolean();

    CallQueue(TurnExecutor turn, ConsumerCounters counts, int maxCalls, int maxBytes) {
        this.turn = turn;
        this.counts = counts;
        this.maxCalls = maxCalls;
        this.maxBytes = maxBytes;
    }

    /** Runs a task in a later turn. */
    CompletionStage<Done> run(Runnable body) {
        return call(0, Done.getInstance(), done(body));
    }

    /** Sends a message of this many bytes in a later turn. */
    CompletionStage<Done> send(int bytes, Runnable body) {
        return call(bytes + HEADER_BYTES, Done.getInstance(), done(body));
    }

    /** Closes the connection in a later turn. The first call that succeeds needs no place. */
    CompletionStage<Done> close(Runnable body) {
        return end(closing, body);
    }

    /** Refuses the connection in a later turn. Unlike a close, a refusal can fail. */
    CompletionStage<Done> refuse(Runnable body) {
        return end(refusing, body);
    }

    private CompletionStage<Done> end(AtomicBoolean place, Runnable body) {
        if (admit(0)) {
            return add(ONE_CALL, Done.getInstance(), done(body));
        }
        return place.compareAndSet(false, true)
                ? add(0, Done.getInstance(), done(() -> endOrFail(place, body)))
                : turn.failed(refusal(0));
    }

    private void endOrFail(AtomicBoolean place, Runnable body) {
        try {
            body.run();
        } catch (Throwable failed) { // the connection was accepted or refused before
            place.set(false);
            throw failed;
        }
    }

    /** Starts work that holds this many bytes in a later turn; the result is {@code ended} if the consumer has ended before. */
    <T> CompletionStage<T> call(int bytes, T ended, Callable<CompletionStage<T>> body) {
        return admit(bytes) ? add(ONE_CALL + bytes, ended, body) : turn.failed(refusal(bytes));
    }

    /** Delivers the result of any stage on the turn. */
    <T> CompletionStage<T> bring(CompletionStage<T> stage) {
        if (!admit(0)) {
            return turn.failed(refusal(0));
        }
        Place place = new Place();
        try {
            return ConfinedFuture.later(stage, place);
        } catch (Throwable e) { // the stage may be of an application's class
            place.free();
            throw e;
        }
    }

    /**
     * Reserves a place for a call that first runs elsewhere, such as on the database; throws {@link ConsumerOverloadedException} if none is
     * free.
     */
    Executor place() {
        if (!admit(0)) {
            throw refusal(0);
        }
        return new Place();
    }

    private <T> CompletionStage<T> add(long load, T ended, Callable<CompletionStage<T>> body) {
        ForeignCall<T> call = new ForeignCall<>(load, ended, body);
        if (!turn.offerWithRoom(call)) { // admit(..) has checked
            call.drop();
        }
        return call;
    }

    private Callable<CompletionStage<Done>> done(Runnable body) {
        return () -> {
            body.run();
            return turn.done();
        };
    }

    private boolean admit(int bytes) {
        StackRoom.require();
        long before;
        long after;
        do {
            before = pending.get();
            after = before + ONE_CALL + bytes;
            if (calls(after) > maxCalls || bytes(after) > maxBytes) {
                return false;
            }
        } while (!pending.compareAndSet(before, after));
        return true;
    }

    private ConsumerOverloadedException refusal(int bytes) {
        counts.callRefused();
        long now = pending.get();
        ConsumerOverloadedException refusal =
                new ConsumerOverloadedException(turn.description(), calls(now), maxCalls, bytes(now), bytes, maxBytes);
        if (warned.compareAndSet(false, true)) {
            turn.log(() -> LOG.warn("{}; logged once per connection", refusal.getMessage()));
        }
        return refusal;
    }

    private static int calls(long load) {
        return (int) (load >>> BYTES_BITS);
    }

    private static long bytes(long load) {
        return load & (ONE_CALL - 1);
    }

    /** The place of one call, until its result has reached the turn; also runs the call's dependent stages there. */
    private final class Place implements Executor, RunningTurn {
        private final AtomicBoolean taken = new AtomicBoolean(true);

        @Override
        public void execute(Runnable task) {
            try {
                turn.execute(() -> {
                    free();
                    task.run();
                });
            } catch (Throwable rejected) {
                free();
                throw rejected;
            }
        }

        @Override
        public String description() {
            return turn.description();
        }

        void free() {
            if (taken.compareAndSet(true, false)) {
                pending.addAndGet(-ONE_CALL);
            }
        }
    }

    /** A pending call and its stage. */
    private final class ForeignCall<T> extends ConfinedFuture<T> implements Runnable {
        // Zero after the call's end; written by one thread at a time.
        private long load;
        private final T ended;
        private final Callable<CompletionStage<T>> body;

        ForeignCall(long load, T ended, Callable<CompletionStage<T>> body) {
            super(turn);
            this.load = load;
            this.ended = ended;
            this.body = body;
        }

        @Override
        public void run() {
            if (turn.isLast()) {
                drop();
            } else {
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
                fail(e);
                FatalErrors.rethrow(e);
            }
        }

        private void follow(CompletionStage<T> stage) {
            if (stage == turn.done()) {
                release();
                complete(ended);
            } else {
                turn.bring(stage).whenComplete(this::end);
            }
        }

        private void end(T result, @Nullable Throwable failure) {
            if (failure == null) {
                release();
                complete(result);
            } else {
                fail(unwrap(failure));
            }
        }

        private void fail(Throwable failure) {
            release();
            completeExceptionally(failure);
        }

        /** Before the stage completes, so that dependent stages find a free place. */
        private void release() {
            pending.addAndGet(-load);
            load = 0;
        }
    }
}
