package org.pekkochannels.consumer;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.HandleSource;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.database.jdbc.CommitHook;

/**
 * One running callback of a synchronous consumer. Confined to the thread that runs it.
 *
 * <p>Output made while its handle is in a transaction is discarded if the transaction is rolled back.
 */
final class SyncCallback {
    private static final int NOTHING_BOUND = -1;

    private final SyncRunner calls;
    private final HandleSource handles;
    private final AfterCommit afterCommit;
    private final CallbackOptions options;
    private Effects effects = new Effects();
    private @Nullable Handle handle;
    // The number of effects that are older than the handle's open transaction, if that transaction has made output.
    private int before = NOTHING_BOUND;
    // The number of effects that the open transaction has made and that were taken since.
    private int taken;
    // The number of effects made in transactions that have committed.
    private int committed;

    SyncCallback(SyncRunner calls, HandleSource handles, AfterCommit afterCommit, CallbackOptions options) {
        this.calls = calls;
        this.handles = handles;
        this.afterCommit = afterCommit;
        this.options = options;
    }

    /**
     * Runs the callback. If it ends inside a transaction, its output belongs to that transaction, and is counted if the callback throws.
     */
    Effects run(Body body) throws Exception {
        try {
            body.run();
        } finally {
            leaveToTransaction();
        }
        countCommitted();
        return effects;
    }

    /** The code of a callback. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    Handle handle() {
        handle = handles.handle();
        return handle;
    }

    boolean isOf(SyncRunner others) {
        return calls == others;
    }

    /** The options of the callback's database calls. */
    CallbackOptions options() {
        return options;
    }

    void beginTransaction(TransactionOptions options) {
        handles.beginTransaction(options);
    }

    /** Keeps an effect; if the handle's transaction is rolled back, the effect is discarded. */
    void say(Effects.Effect effect) {
        bind();
        effects.add(effect);
    }

    /** The number of timers that its output starts. */
    int timers() {
        return effects.timers();
    }

    /** The approximate number of bytes of its output. */
    long bytes() {
        return effects.bytes();
    }

    /** Removes and returns the output so far, whatever the outcome of an open transaction. */
    Effects takeEffects() {
        bind();
        if (effects.haveStream()) {
            throw new IllegalStateException("flush() after stream(..), which begins when the callback has returned;"
                    + " call flush() before stream(..)");
        }
        Effects taken = effects;
        effects = new Effects();
        this.taken += before == NOTHING_BOUND ? 0 : taken.size() - before;
        before = Math.min(before, 0);
        countCommitted();
        return taken;
    }

    private void leaveToTransaction() {
        if (handle != null && isInTransaction(handle)) {
            effects = effects.afterCommit(afterCommit, handle);
            before = NOTHING_BOUND;
            committed = 0;
        } else {
            forgetUncommitted();
        }
    }

    private void bind() {
        if (handle == null || !isInTransaction(handle)) {
            forgetUncommitted();
        } else if (before == NOTHING_BOUND) {
            before = effects.size();
            taken = 0;
            CommitHook.add(handle, new Output());
        }
    }

    private void keepCommitted() {
        if (before != NOTHING_BOUND) {
            committed += effects.size() - before;
            before = NOTHING_BOUND;
        }
    }

    private void countCommitted() {
        afterCommit.left(committed);
        committed = 0;
    }

    // Called if a transaction was rolled back or was lost with its connection, which JDBI does not report.
    private void forgetUncommitted() {
        if (before != NOTHING_BOUND) {
            afterCommit.forgotten(effects.size() - before);
            effects.forgetFrom(before);
            before = NOTHING_BOUND;
        }
    }

    /** The output that depends on the open transaction. */
    private final class Output implements CommitHook.Dependent {
        @Override
        public void committed() {
            keepCommitted();
        }

        @Override
        public void discarded() {
            forgetUncommitted();
        }

        @Override
        public int size() {
            return before == NOTHING_BOUND ? 0 : taken + effects.size() - before;
        }

        @Override
        public void cutBack(int size) {
            if (size() > size) {
                int kept = before + Math.max(0, size - taken);
                afterCommit.forgotten(effects.size() - kept);
                effects.forgetFrom(kept);
            }
        }
    }

    private static boolean isInTransaction(Handle opened) {
        try {
            return opened.isInTransaction();
        } catch (TransactionException e) {
            // The connection was lost, with everything uncommitted.
            return false;
        }
    }
}
