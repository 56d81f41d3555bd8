package org.pekkochannels.database;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.StackRoom;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.tracing.span.ThreadContext;

/**
 * The rows that wait for a batch, and the one call at a time that takes them to a database thread.
 *
 * <p>While rows wait, such a call waits or runs. It takes the rows when it has a thread, so rows can be added and removed until then.
 * Thread-safe; foreign code never runs with the lock held.
 */
final class BatchQueue<A, B> {
    private static final int MOST_ROWS = 10_000;

    private enum Verdict {
        FIRST,
        LATER,
        NEVER
    }

    private final String name;
    private final int maxRows;
    private final HandleFunction<List<A>, List<B>> function;
    private final DatabaseCore core;
    private final DispatcherSettings settings;
    private final WaitingRows<A, B> waiting;
    private boolean calling;
    private boolean timerArmed;
    private long timerNanos;

    BatchQueue(String name, int maxRows, HandleFunction<List<A>, List<B>> function, DatabaseCore core) {
        if (maxRows < 1 || maxRows > MOST_ROWS) {
            throw new IllegalArgumentException(
                    "batch '" + name + "': maxRows must be from 1 to " + MOST_ROWS + ", was " + maxRows);
        }
        this.name = name;
        this.maxRows = maxRows;
        this.function = function;
        this.core = core;
        this.settings = core.settings();
        this.waiting = new WaitingRows<>(core.admission().rows());
    }

    /** Fails unless the other batch was created at the same place in the code. */
    void requireSame(int otherMaxRows, HandleFunction<?, ?> other) {
        if (maxRows != otherMaxRows || function.getClass() != other.getClass()) {
            throw new IllegalArgumentException("batch '" + name + "' was created elsewhere with another function or"
                    + " number of rows; create it in one place, or give this one another name");
        }
    }

    CompletionStage<B> add(A row, CallOptions unplaced) {
        StackRoom.require();
        CallOptions options;
        try {
            options = unplaced.placed();
        } catch (RuntimeException noPlace) {
            return core.failed(unplaced, noPlace);
        }
        BatchRow<A, B> added = new BatchRow<>(
                row, core.result(options), settings.maxWait(), options.callDeadline(), core.observation());
        if (!core.gate().enter()) {
            added.fail(new DatabaseClosedException());
            added.send();
        } else if (options.isEnded()) {
            drop(added);
        } else {
            admit(added);
            dropWhenEnded(added, options);
        }
        return added.result();
    }

    /** Fails the waiting rows, because the database is closed. */
    void close() {
        refuseAll(new DatabaseClosedException());
    }

    private void admit(BatchRow<A, B> row) {
        Verdict verdict = offer(row);
        if (verdict == Verdict.NEVER) {
            core.admission().unserved().overloaded.incrementAndGet();
            settle(row, new DatabaseOverloadedException(settings, load()));
            return;
        }
        watch(row);
        if (verdict == Verdict.FIRST) {
            // A batch has rows of several callers, so it runs in an empty context.
            ThreadContext.EMPTY.around(this::call);
        }
    }

    private void dropWhenEnded(BatchRow<A, B> row, CallOptions options) {
        if (!options.ends().isEmpty()) {
            options.whenEnded(row.result(), () -> {
                StackRoom.require();
                if (remove(row)) {
                    drop(row);
                }
            });
        }
    }

    private synchronized boolean remove(BatchRow<A, B> row) {
        return waiting.remove(row);
    }

    private void drop(BatchRow<A, B> row) {
        core.admission().unserved().cancelled.incrementAndGet();
        settle(row, DatabaseCancelledException.beforeTheStart());
    }

    private synchronized Verdict offer(BatchRow<A, B> row) {
        if (calling && waiting.size() + core.admission().load().waiting() >= settings.maxWaiting()) {
            return Verdict.NEVER;
        }
        waiting.add(row);
        if (calling) {
            return Verdict.LATER;
        }
        calling = true;
        return Verdict.FIRST;
    }

    private void call() {
        core.submitInside(handles -> run(), Runnable::run).whenComplete(this::ended);
    }

    /** Runs on a database thread. Never throws, because rows that were taken must get an outcome. */
    private List<BatchRow<A, B>> run() {
        List<BatchRow<A, B>> taken = take();
        try {
            write(taken);
        } catch (Throwable unexpected) {
            taken.forEach(row -> row.fail(unexpected));
        }
        return taken;
    }

    private void write(List<BatchRow<A, B>> taken) {
        List<BatchRow<A, B>> timely = new ArrayList<>(taken.size());
        for (BatchRow<A, B> row : taken) {
            if (row.patience().isOver()) {
                row.fail(late(row));
            } else if (!row.isGivenUp()) {
                row.started();
                timely.add(row);
            }
        }
        new BatchRun<>(name, function, core).write(timely);
        timely.forEach(BatchRow::stopped);
    }

    // The calling stage would swallow the failure, and rows would wait for a call that never comes.
    private void ended(@Nullable List<BatchRow<A, B>> written, @Nullable Throwable failure) {
        try {
            refuse(failure);
        } finally {
            callAgain();
            if (written != null) {
                written.forEach(this::settle);
            }
        }
    }

    private void refuse(@Nullable Throwable failure) {
        if (failure instanceof DatabaseWaitTimeoutException) {
            // The call has waited as long as its first row; other rows were added later.
            expire();
        } else if (failure != null) {
            refuseAll(failure);
        }
    }

    private void callAgain() {
        if (goesOn()) {
            call();
        }
    }

    private synchronized boolean goesOn() {
        calling = waiting.size() > 0;
        return calling;
    }

    private synchronized List<BatchRow<A, B>> take() {
        return waiting.take(maxRows);
    }

    private void refuseAll(Throwable failure) {
        takeAll().forEach(row -> settle(row, failure));
    }

    private synchronized List<BatchRow<A, B>> takeAll() {
        return waiting.take(waiting.size());
    }

    private void settle(BatchRow<A, B> row, Throwable failure) {
        row.fail(failure);
        settle(row);
    }

    private void settle(BatchRow<A, B> row) {
        core.gate().leave();
        row.send();
    }

    private Throwable late(BatchRow<A, B> row) {
        core.admission().unserved().timedOut.incrementAndGet();
        return row.late(settings.section(), load());
    }

    private Admission.Load load() {
        Admission.Load load = core.admission().load();
        return new Admission.Load(load.threads(), load.busy(), load.waiting() + size());
    }

    private synchronized int size() {
        return waiting.size();
    }

    // One timer, for the row that is due first: all threads may be blocked.
    private void watch(BatchRow<A, B> row) {
        Duration rest = row.patience().remaining();
        long due = Ticker.SYSTEM.read() + rest.toNanos();
        if (isFirstDue(due)) {
            core.after(rest, () -> onTimer(due));
        }
    }

    private synchronized boolean isFirstDue(long nanos) {
        boolean first = !timerArmed || nanos - timerNanos < 0;
        if (first) {
            timerArmed = true;
            timerNanos = nanos;
        }
        return first;
    }

    // A timer that an earlier one has overtaken sets no further one; otherwise each row would add a timer.
    private void onTimer(long due) {
        expire();
        BatchRow<A, B> next = disarm(due) ? nextDue() : null;
        if (next != null) {
            watch(next);
        }
    }

    private synchronized boolean disarm(long due) {
        boolean current = timerArmed && due == timerNanos;
        timerArmed &= !current;
        return current;
    }

    private void expire() {
        takeLate().forEach(row -> settle(row, late(row)));
    }

    private synchronized List<BatchRow<A, B>> takeLate() {
        return waiting.takeLate();
    }

    private synchronized @Nullable BatchRow<A, B> nextDue() {
        return waiting.nextDue();
    }
}
