package org.pekkochannels.consumer;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.CommitHook;
import org.pekkochannels.database.HandleSource;
import org.pekkochannels.database.TransactionOptions;

/**
 * One callback of a synchronous consumer while it runs; confined to the thread that runs it.
 *
 * <p>What it says while its handle is in a transaction is forgotten when that is rolled back.
 */
final class SyncCallback {
    private static final int NOTHING_BOUND = -1;

    private final SyncRunner calls;
    private final HandleSource handles;
    private final AfterCommit afterCommit;
    private final CallbackTerms terms;
    private Effects effects = new Effects();
    private @Nullable Handle handle;
    // How many effects are older than the handle's transaction, if something was said in one that has not ended.
    private int before = NOTHING_BOUND;
    // How many effects were said in transactions that have committed.
    private int committed;

    SyncCallback(SyncRunner calls, HandleSource handles, AfterCommit afterCommit, CallbackTerms terms) {
        this.calls = calls;
        this.handles = handles;
        this.afterCommit = afterCommit;
        this.terms = terms;
    }

    /** Runs the callback; where it ends inside a transaction, what it has said is that one's: if it throws, to be counted. */
    Effects run(Body body) throws Exception {
        try {
            body.run();
        } finally {
            leaveToTransaction();
        }
        countCommitted();
        return effects;
    }

    /** What a callback does. */
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

    /** The terms of its own database calls. */
    CallbackTerms terms() {
        return terms;
    }

    void beginTransaction(TransactionOptions options) {
        handles.beginTransaction(options);
    }

    /** Keeps an effect, for as long as the transaction that the handle is in. */
    void say(Effects.Effect effect) {
        bind();
        effects.add(effect);
    }

    /** How many bytes it holds of what was said, about. */
    long bytes() {
        return effects.bytes();
    }

    /** Takes out what was said so far, whatever becomes of a transaction that is under way. */
    Effects takeEffects() {
        bind();
        if (effects.haveStream()) {
            throw new IllegalStateException("flush() after stream(..), which begins when the callback has returned;"
                    + " call flush() before stream(..)");
        }
        Effects taken = effects;
        effects = new Effects();
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
            CommitHook.run(handle, this::keepCommitted);
            handle.afterRollback(this::forgetUncommitted);
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

    // Called where a transaction was rolled back, or has gone with its connection, of which nobody tells.
    private void forgetUncommitted() {
        if (before != NOTHING_BOUND) {
            afterCommit.forgotten(effects.size() - before);
            effects.forgetFrom(before);
            before = NOTHING_BOUND;
        }
    }

    private static boolean isInTransaction(Handle opened) {
        try {
            return opened.isInTransaction();
        } catch (TransactionException e) {
            // The connection was lost, and with it whatever it had not committed.
            return false;
        }
    }
}
