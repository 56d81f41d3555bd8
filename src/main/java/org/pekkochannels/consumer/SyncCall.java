package org.pekkochannels.consumer;

import org.jdbi.v3.core.Handle;
import org.pekkochannels.database.HandleSource;
import org.pekkochannels.database.TransactionOptions;

/** One callback of a synchronous consumer while it runs; confined to the thread that runs it. */
final class SyncCall {
    private final HandleSource handles;
    private final AfterCommit afterCommit;
    private Effects effects = new Effects();
    private boolean usesHandle;

    SyncCall(HandleSource handles, AfterCommit afterCommit) {
        this.handles = handles;
        this.afterCommit = afterCommit;
    }

    /** Runs the callback; what it says to groups inside a transaction is handed over to that. */
    Effects run(Body body) throws Exception {
        body.run();
        if (usesHandle && handle().isInTransaction()) {
            effects.publishAfterCommit(afterCommit, handle());
        }
        return effects;
    }

    /** What a callback does. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    Handle handle() {
        usesHandle = true;
        return handles.handle();
    }

    void beginTransaction(TransactionOptions options) {
        handles.beginTransaction(options);
    }

    Effects effects() {
        return effects;
    }

    Effects takeEffects() {
        Effects taken = effects;
        effects = new Effects();
        return taken;
    }
}
